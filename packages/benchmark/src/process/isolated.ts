/** The entry of a child process, built to a file of its own. It answers the questions of its parent, and ends with it. */
import { unsettle } from '../loop.js';
import { systemInstruments } from '../instruments.js';
import { runMeasurement } from '../measurement.js';
import { runMemoryProfile } from '../memory/profile.js';
import { resolveMemory } from '../memory/options.js';
import { seededRandom } from '../random.js';
import { Sampler } from '../sampler.js';
import { Session } from '../session.js';
import { median } from '../statistics.js';
import { calibrate, sampleLength, type Timer } from '../timer.js';
import { warmUp } from '../warm-up.js';
import { loadTask, type NamedTask } from './task.js';
import { packError, type Answer, type Conversation, type Topic } from './protocol.js';

const NO_HOOKS = {};
/** The share of a budget that the warm-up may plan its samples from; as `measure` does. */
const SAMPLING_SHARE = 0.7;
const SEED = 1;

let timer: Timer | undefined;
let prepared: { readonly sampler: Sampler; readonly session: Session } | undefined;

type Handlers = {
  readonly [T in Topic]: (question: Conversation[T]['asks']) => Promise<Conversation[T]['answers']>;
};

const handlers: Handlers = {
  async prepare({ task, budgetMs, batch }) {
    const { sampler, session } = await open(task, budgetMs);
    await sampler.probe();
    const sampleMs = sampleLength(session.timer, budgetMs * SAMPLING_SHARE);
    const warm = await warmUp([sampler], session, { sampleMs, calls: batch });
    prepared = { sampler, session };
    return { calls: sampler.calls, asynchronous: sampler.asynchronous, warmUp: warm };
  },
  async turn({ ms, calls }) {
    if (prepared === undefined) throw new Error('a turn was asked for before a task was prepared');
    const { sampler, session } = prepared;
    sampler.calls = calls;
    sampler.reset();
    const began = session.elapsedMs;
    do {
      const taken = sampler.take();
      if (taken !== undefined) await taken;
    } while (session.elapsedMs - began < ms);
    return { perCall: median(sampler.perCall.view()), samples: sampler.perCall.size };
  },
  async measure({ task, budgetMs, batch, bytes, rows }) {
    const { sampler, session } = await open(task, budgetMs);
    return runMeasurement(
      sampler,
      { budgetMs, batch, bytes, rows, hooks: NO_HOOKS, signal: undefined },
      session,
    );
  },
  async memory({ task, runs, intervalMs, method }) {
    const run = await loadTask(task);
    const o = resolveMemory({ runs, interval: intervalMs, method });
    const profile = await runMemoryProfile({ name: task.name, run }, o, systemInstruments);
    return { ...profile, isolated: true };
  },
};

async function open(task: NamedTask, budgetMs: number): Promise<{ sampler: Sampler; session: Session }> {
  const run = await loadTask(task);
  await unsettle(systemInstruments.clock);
  timer ??= calibrate(systemInstruments.clock);
  const session = new Session({
    instruments: systemInstruments,
    timer,
    random: seededRandom(SEED),
    budgetMs,
    signal: undefined,
  });
  return { sampler: new Sampler({ name: task.name, run }, NO_HOOKS, timer), session };
}

async function answer<T extends Topic>(topic: T, question: Conversation[T]['asks']): Promise<Answer> {
  try {
    return { ok: true, value: await handlers[topic](question) };
  } catch (error) {
    return { ok: false, error: packError(error) };
  }
}

process.on('message', (message) => {
  // Only the parent writes here, and it speaks the same protocol.
  const { topic, question } = message as { topic: Topic; question: Conversation[Topic]['asks'] };
  void answer(topic, question as never).then((outcome) => process.send?.(outcome));
});
process.once('disconnect', () => {
  process.exit();
});
