// In place of engine.io-client's WebTransport (`vite.config.ts`): the hub speaks WebSocket and polling only,
// and the page asks for nothing else (`connection.ts`), so that no phone has to fetch it.

export const WT = undefined;
