/** A typed diagnostics channel. The message is built only while somebody listens. */
export interface Channel<Message extends object> {
    readonly active: boolean;
    publish(message: () => Message): void;
}
export declare function openChannel<Message extends object>(name: string): Channel<Message>;
