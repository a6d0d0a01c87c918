import type * as msgpack from '@msgpack/msgpack';
import { ConversionError } from '../errors.js';
import type { ResolvedLimits } from '../limits.js';
import { setOwn, type Row } from '../table/row.js';
import { Moment } from './moment.js';
import { requireSound } from './sound.js';

const TIMESTAMP = -1;
const PROTO = Buffer.from('__proto__');
/** Stands for that name while the library is at work, which refuses it. No text in UTF-8 holds a lone surrogate. */
const PROTO_ALIAS = '\udfff__proto__';

/** The value that MessagePack bytes hold: 64-bit integers as `bigint`, timestamps as `Moment`. */
export function readMsgpack(library: typeof msgpack, bytes: Uint8Array, limits: ResolvedLimits): unknown {
  requireSound(bytes, limits);
  const extensionCodec = new library.ExtensionCodec();
  extensionCodec.register({
    type: TIMESTAMP,
    encode: () => null,
    decode: (data) => Moment.read(data),
  });
  const aliases = { used: false };
  const keyDecoder = {
    canBeCached: () => true,
    decode(source: Uint8Array, offset: number, length: number): string {
      const key = Buffer.from(source.buffer, source.byteOffset + offset, length);
      if (!key.equals(PROTO)) return key.toString('utf8');
      aliases.used = true;
      return PROTO_ALIAS;
    },
  };
  try {
    const value = library.decode(bytes, { useBigInt64: true, extensionCodec, keyDecoder });
    return aliases.used ? renamed(value) : value;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConversionError(
      'ERR_PERF_CONVERT_BAD_INPUT',
      `the bytes are not MessagePack, or broken: ${reason}`,
      {
        cause,
      },
    );
  }
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isPlain(value)) return value;
  const row: Row = {};
  for (const [key, inner] of Object.entries(value)) {
    setOwn(row, key === PROTO_ALIAS ? '__proto__' : key, renamed(inner));
  }
  return row;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
