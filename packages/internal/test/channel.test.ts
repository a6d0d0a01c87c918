import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { openChannel } from '../src/channel.js';

describe('openChannel', () => {
  it('builds no message while nobody listens', () => {
    const channel = openChannel<{ n: number }>('perf:test-quiet');
    channel.publish(() => {
      throw new Error('built');
    });
    expect(channel.active).toBe(false);
  });

  it('hands each message to the subscribers', () => {
    const channel = openChannel<{ n: number }>('perf:test-loud');
    const seen: unknown[] = [];
    const listen = (message: unknown): void => {
      seen.push(message);
    };
    subscribe('perf:test-loud', listen);
    channel.publish(() => ({ n: 1 }));
    unsubscribe('perf:test-loud', listen);
    channel.publish(() => ({ n: 2 }));
    expect(seen).toEqual([{ n: 1 }]);
  });
});
