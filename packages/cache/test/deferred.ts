/** A promise that the test settles. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  #settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.promise.catch(() => undefined);
  }

  resolve(value: T): void {
    this.#settle?.resolve(value);
  }

  reject(reason: unknown): void {
    this.#settle?.reject(reason);
  }
}

/** Lets everything run that is ready to. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
