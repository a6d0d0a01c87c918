const WIDTH = 30;

/** Where progress is shown, such as `process.stderr`. */
interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A bar that redraws itself on a terminal, a plain line at every fifth elsewhere. */
export class Progress {
  readonly #stream: Screen;
  readonly #label: string;
  #lastTenth = -1;

  constructor(stream: Screen, label: string) {
    this.#stream = stream;
    this.#label = label;
  }

  show(done: number, total: number, ms: number): void {
    const share = total === 0 ? 1 : done / total;
    const left = share > 0 ? (ms / share) * (1 - share) : 0;
    if (this.#stream.isTTY) {
      const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
      this.#stream.write(
        `\r${this.#label} [${bar}] ${String(done)}/${String(total)}, ${seconds(left)} left  `,
      );
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth === this.#lastTenth || tenth % 2 === 1) return;
    this.#lastTenth = tenth;
    this.#stream.write(`${this.#label}: ${String(done)} of ${String(total)} after ${seconds(ms)}\n`);
  }

  /** Takes the bar off the screen. */
  done(): void {
    if (this.#stream.isTTY) this.#stream.write(`\r${' '.repeat(100)}\r`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
