import type { Codec } from '../src/codec/codec.js';
import { codecSet, type CodecSet } from '../src/codec/codec-set.js';
import type { Zlib } from '../src/codec/zlib.js';
import { deflateOf } from '../src/columnar/deflate.js';
import { createKernel } from '../src/columnar/kernels/kernel.js';
import { createWorkspace, type Workspace } from '../src/columnar/workspace.js';

// Codecs without a compressor around them.

/** The codecs of a host with this zlib; numbers are worked on here. */
export function codecsOn(zlib: Zlib | undefined): CodecSet {
  let workspace: Workspace | undefined;
  return codecSet(zlib, {
    workspace: () => (workspace ??= createWorkspace(createKernel(), deflateOf(zlib))),
  });
}

/** A codec that this host has, or a failure of the test. */
export function present(codec: Codec | undefined): Codec {
  if (codec === undefined) throw new Error('this host lacks the codec');
  return codec;
}
