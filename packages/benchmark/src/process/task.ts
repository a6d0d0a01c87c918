import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { shown } from '@perf/internal/errors';
import { BenchmarkError } from '../errors.js';
import type { Operation } from '../candidate.js';

/** A function that a fresh process can find. */
export interface Task {
  /** Where it lives: a URL (such as `new URL('./parse.js', import.meta.url)`), its text, or an absolute path. */
  readonly module: string | URL;
  /** The name under which the module exports it; `'default'` for the default export. */
  readonly export: string;
  /** What it is called with, once per call; copied to the process by structured clone. Without it: no argument. */
  readonly args?: unknown;
}

/** A task with its name, in a form that crosses processes. */
export interface NamedTask {
  readonly name: string;
  readonly module: string;
  readonly export: string;
  readonly args?: unknown;
}

const URL_LIKE = /^[a-z][a-z+.-]+:/i;

/** Checks a task. */
export function readTask(name: unknown, task: unknown): NamedTask {
  if (typeof name !== 'string' || name.trim() === '') {
    throw wrong(`a name must be text; given ${shown(name)}`);
  }
  if (!isTaskLike(task)) {
    throw wrong(`${shown(name)} must be a task { module, export }; given ${shown(task)}`);
  }
  const module = task.module instanceof URL ? task.module.href : task.module;
  if (typeof module !== 'string' || !(isAbsolute(module) || URL_LIKE.test(module))) {
    throw wrong(`module of ${shown(name)} must be a URL or an absolute path; given ${shown(module)}`);
  }
  if (typeof task.export !== 'string' || task.export === '') {
    throw wrong(`export of ${shown(name)} must be the name of a function; given ${shown(task.export)}`);
  }
  return {
    name,
    module: isAbsolute(module) ? pathToFileURL(module).href : module,
    export: task.export,
    ...('args' in task ? { args: task.args } : {}),
  };
}

export function isTaskLike(value: unknown): value is { module: unknown; export: unknown; args?: unknown } {
  return typeof value === 'object' && value !== null && 'module' in value && 'export' in value;
}

/** Imports the module of a task, in the process this is called in. */
export async function loadTask(task: NamedTask): Promise<Operation> {
  let found: unknown;
  try {
    found = await import(/* @vite-ignore */ task.module);
  } catch (cause) {
    const message = `module ${shown(task.module)} of '${task.name}' could not be imported`;
    throw new BenchmarkError('ERR_PERF_BENCHMARK_TASK', message, { cause });
  }
  const value: unknown =
    typeof found === 'object' && found !== null ? Reflect.get(found, task.export) : undefined;
  if (!isFunction(value)) {
    const message = `export ${shown(task.export)} of '${task.name}' must be a function; found ${shown(value)}`;
    throw new BenchmarkError('ERR_PERF_BENCHMARK_TASK', message);
  }
  if (!('args' in task)) return () => value();
  const { args } = task;
  return () => value(args);
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}

function wrong(message: string): BenchmarkError {
  return new BenchmarkError('ERR_PERF_BENCHMARK_CANDIDATES', message);
}
