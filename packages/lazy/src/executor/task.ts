import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shown } from '@perf/internal/errors';
import { LazyError, refuseOption } from '../errors.js';
import type { Task, TaskContext } from './executor.js';

/** The part of a task that says which function to call. */
export type TaskAddress = Pick<Task, 'module' | 'export'>;

/** Refuses a task that no thread could find, and one whose relative module would mean something else elsewhere. */
export function checkTask(task: Task): void {
  if (typeof task !== 'object' || (task as unknown) === null) {
    throw refuseOption(`task must be an object { module, export, args }; given ${shown(task)}`);
  }
  const { module, export: name, transfer } = task;
  if (typeof module !== 'string' || module === '' || module.startsWith('.')) {
    throw refuseOption(
      `task.module must be a URL, an absolute path or a package name; given ${shown(module)}`,
    );
  }
  if (typeof name !== 'string' || name === '') {
    throw refuseOption(`task.export must be the name of an exported function; given ${shown(name)}`);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw refuseOption(`task.transfer must be an array of transferable objects; given ${shown(transfer)}`);
  }
}

/** Imports the module of a task and calls its export in this thread. */
export async function callTask(
  { module, export: name }: TaskAddress,
  args: unknown,
  context: TaskContext,
): Promise<unknown> {
  const call = await findExport(module, name);
  context.signal.throwIfAborted();
  return await call(args, context);
}

type TaskFunction = (args: unknown, context: TaskContext) => unknown;

// A module stays imported anyway; asking the loader again costs more than the rest of a small task.
const imported = new Map<string, unknown>();

async function importModule(module: string): Promise<unknown> {
  const specifier = isAbsolute(module) ? pathToFileURL(module).href : module;
  try {
    const found: unknown = await import(/* @vite-ignore */ specifier);
    imported.set(module, found);
    return found;
  } catch (cause) {
    throw new LazyError('ERR_PERF_LAZY_TASK', `task.module ${shown(module)} could not be imported`, {
      cause,
    });
  }
}

async function findExport(module: string, name: string): Promise<TaskFunction> {
  const found = imported.get(module) ?? (await importModule(module));
  const value: unknown = isRecord(found) ? found[name] : undefined;
  if (isTaskFunction(value)) return value;
  throw new LazyError(
    'ERR_PERF_LAZY_TASK',
    `task.export ${shown(name)} of ${shown(module)} must be a function; found ${shown(value)}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTaskFunction(value: unknown): value is TaskFunction {
  return typeof value === 'function';
}
