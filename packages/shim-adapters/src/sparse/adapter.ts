import type { ShimAdapter } from '../adapter.js';
import { defineAdapter, type StepContext } from '../define-adapter.js';
import { resolveLimits } from '../limits.js';
import { ownModule } from '../module-url.js';
import { requireArray, tableOfArray } from '../ndarray/array-to-columns.js';
import { arrayOf } from '../ndarray/columns-to-array.js';
import type { NdArray } from '../ndarray/nd-array.js';
import { isWhole, selected, selectionOf } from '../selection.js';
import type { AnyRequest } from '../request.js';
import { sourceValue } from '../source.js';
import { noteMetadataLoss } from '../table/schema-loss.js';
import { tableOf } from '../table/table-value.js';
import { requireSparse } from './check.js';
import { denseOf, sparseOf } from './dense.js';
import { sparseBytes } from './layout.js';
import type { SparseMatrix } from './sparse-matrix.js';

/** Sparse matrices to and from columns and dense arrays. */
export function sparseAdapter(): ShimAdapter {
  return defineAdapter({
    id: 'sparse',
    version: '1',
    module: ownModule('sparse', 'sparseAdapter'),
    steps: [
      {
        from: 'columns',
        to: 'sparse',
        mbPerSecond: 130,
        growth: 2,
        convert(request, context) {
          const table = tableOf(request);
          noteMetadataLoss(table, context.losses);
          const { dtype } = request.options ?? {};
          return sparse(arrayOf(table, { dtype, order: 'column-major' }, context), request, context);
        },
        bytesOf,
      },
      {
        from: 'ndarray',
        to: 'sparse',
        mbPerSecond: 400,
        growth: 0.3,
        convert: (request, context) =>
          sparse(
            narrowed(requireArray(sourceValue(request.source, 'ndarray')), request, context),
            request,
            context,
          ),
        bytesOf,
      },
      {
        from: 'sparse',
        to: 'ndarray',
        mbPerSecond: 500,
        growth: 10,
        convert: (request, context) =>
          narrowed(dense(request, request.options?.order ?? 'row-major', context), request, context),
        bytesOf: (data) => requireArray(data).data.byteLength,
      },
      {
        from: 'sparse',
        to: 'columns',
        mbPerSecond: 2000,
        growth: 1,
        convert(request, context) {
          // Columns that lie together are views on the dense form.
          const array = dense(request, 'column-major', context);
          const table = tableOfArray(array, resolveLimits(request.options?.limits), context);
          return selected(table, selectionOf(request));
        },
      },
    ],
  });
}

/** The selected rows and columns of a matrix. */
function narrowed(array: NdArray, request: AnyRequest, context: StepContext): NdArray {
  const selection = selectionOf(request);
  if (isWhole(selection)) return array;
  const table = tableOfArray(array, resolveLimits(request.options?.limits), context);
  const { order = 'row-major' } = request.options ?? {};
  return arrayOf(selected(table, selection), { dtype: array.dtype, order }, context);
}

function sparse(array: NdArray, request: AnyRequest, context: StepContext): SparseMatrix {
  return sparseOf(array, request.options?.sparse ?? 'csr', context);
}

function dense(request: AnyRequest, order: 'row-major' | 'column-major', context: StepContext): NdArray {
  const matrix = requireSparse(sourceValue(request.source, 'sparse'));
  return denseOf(matrix, order, resolveLimits(request.options?.limits), context);
}

function bytesOf(data: unknown): number {
  return sparseBytes(requireSparse(data));
}
