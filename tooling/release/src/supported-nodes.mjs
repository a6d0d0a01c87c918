/** The Nodes that are supported: the oldest, and the newest of each line. */
export const SUPPORTED_NODES = ['20.19', '22', '24', '26'];
