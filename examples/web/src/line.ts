/** Whether what is said to be live can be: a page that has lost its gateway must not go on saying so. */
export class Line {
  private connected: boolean | undefined;
  private readonly listeners = new Set<() => void>();

  /** Tells that the socket was opened, or closed. */
  is(connected: boolean): void {
    this.connected = connected;
    for (const listen of this.listeners) listen();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** False only after it broke: before the first subscription nothing is wrong yet. */
  readonly isUp = (): boolean => this.connected !== false;
}
