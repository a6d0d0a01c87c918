import { BenchmarkError, type Child, type ChildHost, type Conversation, type Topic } from '../src/index.js';
import type { FakeMachine } from './fake-machine.js';

/** Processes that exist only as a script: what a call of each side costs in each of them. */
export class FakeChildren implements ChildHost {
  readonly asked: string[] = [];
  readonly questions: unknown[] = [];
  open = 0;
  started = 0;
  /** Called instead of answering. */
  onAsk: (name: string, topic: Topic) => void = () => undefined;
  readonly #machine: FakeMachine;
  readonly #cost: (name: string, process: number) => number;

  constructor(machine: FakeMachine, cost: (name: string, process: number) => number) {
    this.#machine = machine;
    this.#cost = cost;
  }

  start(name: string): Child {
    this.open += 1;
    const process = this.started++;
    let closed = false;
    return {
      ask: (topic, question) => {
        this.asked.push(`${name} ${topic}`);
        this.questions.push(question);
        this.onAsk(name, topic);
        return Promise.resolve(this.#answer(topic, name, process));
      },
      close: () => {
        if (!closed) this.open -= 1;
        closed = true;
      },
    };
  }

  #answer<T extends Topic>(topic: T, name: string, process: number): Conversation[T]['answers'] {
    const perCall = this.#cost(name, process);
    this.#machine.spend(4);
    const answers: Partial<Conversation[Topic]['answers']>[] = [];
    if (topic === 'turn') answers.push({ perCall, samples: 3 });
    if (topic === 'prepare') {
      answers.push({
        calls: perCall > 1 ? 1 : 100,
        asynchronous: false,
        warmUp: { ms: 1, calls: 1, settled: true },
      });
    }
    const [answer] = answers;
    if (answer === undefined) throw new BenchmarkError('ERR_PERF_BENCHMARK_CHILD', `no script for ${topic}`);
    // The script gives each topic its own kind of answer.
    return answer as Conversation[T]['answers'];
  }
}
