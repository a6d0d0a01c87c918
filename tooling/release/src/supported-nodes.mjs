/** The Nodes that are supported, by their first number. */
export const SUPPORTED_NODES = ['20', '22', '24', '26'];
