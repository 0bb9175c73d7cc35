// In place of socket.io-parser's binary packets (`vite.config.ts`): the hub sends none and the page neither, so that no phone
// has to fetch how they are taken apart and put together.

export const isBinary = (): boolean => false;
export const hasBinary = isBinary;

const none = (): never => {
  throw new Error("there are no binary packets here");
};
export { none as deconstructPacket, none as reconstructPacket };
