// The hook of the articles, as written there.

import { useEffect, useMemo, useState } from 'react';
import { io } from 'socket.io-client';
import { BASE } from './calls.js';

export function useSocket(namespace) {
  const socket = useMemo(
    () => io(`${BASE}/${namespace}`, { transports: ['websocket'], autoConnect: false }),
    [namespace],
  );
  const isConnected = useConnection(socket);
  return { socket, isConnected };
}

function useConnection(socket) {
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => {
    const onConnect = () => setIsConnected(true);
    const onDisconnect = () => setIsConnected(false);
    socket.connect();
    socket.on('connect', onConnect);
    socket.on('disconnect', onDisconnect);
    return () => {
      socket.disconnect();
      socket.off('connect', onConnect);
      socket.off('disconnect', onDisconnect);
    };
  }, [socket]);
  return isConnected;
}

/** The same with the socket made inside the effect: StrictMode then makes two, and throws the first away. */
export function useSocketMadeInEffect(namespace) {
  const [socket, setSocket] = useState(null);
  const [isConnected, setIsConnected] = useState(false);
  useEffect(() => {
    const made = io(`${BASE}/${namespace}`, { transports: ['websocket'], autoConnect: false });
    made.connect();
    made.on('connect', () => setIsConnected(true));
    made.on('disconnect', () => setIsConnected(false));
    setSocket(made);
    return () => {
      made.disconnect();
    };
  }, [namespace]);
  return { socket, isConnected };
}
