/** HTTP gateways of a server. */
export class Gateways {
  stopOf(_instanceId: number): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
