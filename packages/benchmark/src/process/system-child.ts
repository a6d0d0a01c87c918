import { fork, type ChildProcess } from 'node:child_process';
import { formatDuration } from '@perf/internal/duration';
import { BenchmarkError } from '../errors.js';
import { untilAborted } from '../session.js';
import type { Child, ChildHost } from './child.js';
import { findEntry } from './entry.js';
import { unpackError, type Answer, type Conversation, type Topic } from './protocol.js';

const LAST_WORDS = 2000;
/**
 * Flags that a second process must not share: they would fight over a port, wait for a debugger, or, worst of all, run
 * the parent's own program again, which would start a process that starts a process.
 */
const PRIVATE_FLAG =
  /^--?(inspect|debug|cpu-prof|heap-prof|prof|test|watch|run|eval|print|input-type|check|interactive|pe$|[epcir]$)/;
/** Marks a process that was started here. */
const MARK = 'PERF_BENCHMARK_CHILD';
// Node turns a longer timer into one of 1 ms.
const LONGEST_TIMER = 2 ** 31 - 1;

/** Processes of this Node with this one's flags, by `fork`. What a task prints to its standard output is dropped. */
export const systemChildren: ChildHost = {
  start: (name) => new ForkedChild(name),
};

class ForkedChild implements Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  #lastWords = '';
  #ended: BenchmarkError | undefined;
  #waiting: ((outcome: Answer | BenchmarkError) => void) | undefined;

  constructor(name: string) {
    this.#name = name;
    // A child that runs its parent's program after all, by a preload or a flag unheard of, must not become a flood.
    if (process.env[MARK] !== undefined) {
      throw new BenchmarkError(
        'ERR_PERF_BENCHMARK_CHILD',
        `no process is started for '${name}': this one was itself started by a benchmark`,
      );
    }
    this.#process = fork(findEntry('isolated'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: inheritedFlags(process.execArgv),
      env: { ...process.env, [MARK]: '1' },
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS);
    });
    this.#process.on('message', (message) => {
      if (isAnswer(message)) this.#settle(message);
    });
    this.#process.once('error', (cause) => {
      this.#end(`could not be reached: ${cause.message}`, cause);
    });
    // 'close' comes after its last words, 'exit' may come before them.
    this.#process.once('close', (code, signal) => {
      const words = this.#lastWords.trim();
      const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
      this.#end(`ended ${how} before it had answered${words === '' ? '' : `: ${words}`}`);
    });
  }

  async ask<T extends Topic>(
    topic: T,
    question: Conversation[T]['asks'],
    o: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<Conversation[T]['answers']> {
    if (this.#ended !== undefined) throw this.#ended;
    const timer = setTimeout(
      () => {
        this.#settle(
          new BenchmarkError(
            'ERR_PERF_BENCHMARK_TIMEOUT',
            `the process of '${this.#name}' did not answer within ${formatDuration(o.timeoutMs)}`,
          ),
        );
        this.close();
      },
      Math.min(o.timeoutMs, LONGEST_TIMER),
    );
    timer.unref();
    try {
      const answered = new Promise<Answer | BenchmarkError>((resolve) => {
        this.#waiting = resolve;
      });
      this.#process.send({ topic, question }, (cause) => {
        if (cause !== null) this.#end(`could not be reached: ${cause.message}`, cause);
      });
      const outcome = await untilAborted(answered, o.signal);
      if (outcome instanceof BenchmarkError) throw outcome;
      if (!outcome.ok) throw unpackError(outcome.error);
      // The entry at the other end is built from the same protocol.
      return outcome.value as Conversation[T]['answers'];
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }

  #settle(outcome: Answer | BenchmarkError): void {
    this.#waiting?.(outcome);
    this.#waiting = undefined;
  }

  #end(what: string, cause?: unknown): void {
    this.#ended ??= new BenchmarkError(
      'ERR_PERF_BENCHMARK_CHILD',
      `the process of '${this.#name}' ${what}`,
      cause === undefined ? undefined : { cause },
    );
    this.#settle(this.#ended);
  }
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}

/** This process's flags for another one, each with its value, the private ones left out. */
export function inheritedFlags(flags: readonly string[]): string[] {
  const inherited: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] ?? '';
    const next = flags[i + 1];
    const value =
      flag.startsWith('-') && !flag.includes('=') && next?.startsWith('-') === false ? next : undefined;
    if (value !== undefined) i += 1;
    if (flag.startsWith('-') && !PRIVATE_FLAG.test(flag))
      inherited.push(flag, ...(value === undefined ? [] : [value]));
  }
  return inherited;
}
