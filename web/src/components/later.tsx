// Views in chunks of their own: the lobby needs neither Socket.IO nor a QR code.

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

const room = (): Promise<typeof import("./room")> => import("./room");

export const RoomView = later(() => room().then((module) => module.RoomView));
export const JoinPage = later(() => import("./join-page").then((module) => module.JoinPage));

/** Fetches a room's chunk while a finger is still on its way; the browser does it once. */
export function fetchRoom(): void {
  room().catch(() => undefined);
}

/** A component that is fetched when it is first shown. If the hub goes away in that moment, it is tried again. */
function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element | null {
  let loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const [, redraw] = useState(0);
    useEffect(() => {
      let wanted = true;
      const attempt = (): void => {
        load().then(
          (component) => {
            loaded = component;
            if (wanted) redraw((count) => count + 1);
          },
          () => void (wanted && setTimeout(attempt, 2_000)),
        );
      };
      if (!loaded) attempt();
      return () => void (wanted = false);
    }, []);
    const Component = loaded;
    return Component ? <Component {...props} /> : <main class="room" aria-busy="true" />;
  };
}
