import { channel as nodeChannel } from 'node:diagnostics_channel';

/** A typed diagnostics channel. The message is built only while somebody listens. */
export interface Channel<Message extends object> {
  readonly active: boolean;
  publish(message: () => Message): void;
}

export function openChannel<Message extends object>(name: string): Channel<Message> {
  const channel = nodeChannel(name);
  return {
    get active() {
      return channel.hasSubscribers;
    },
    publish(message) {
      if (channel.hasSubscribers) channel.publish(message());
    },
  };
}
