// Where a part of the page will be (`parts.ts`), until it is here.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { hint, lobby } from "../app";
import { formsPart, qrPart, roomPart } from "../parts";
import { words } from "../words";
import { Coming } from "./coming";
import { RoomHeader } from "./room-header";
import type { RoomProps } from "./room";

/** A room. Until its part is here, its header, and how it stands. */
export function LaterRoom(props: RoomProps): JSX.Element {
  useEffect(() => void roomPart.fetch(), []);
  const RoomView = roomPart.loaded.value;
  return RoomView ? <RoomView {...props} /> : <Opening code={props.code} />;
}

function Opening({ code }: { code: string }): JSX.Element {
  const say = words();
  const known = [hint.room, ...(lobby.value.rooms ?? [])].find((room) => room?.code === code) ?? null;
  const isLate = roomPart.isLate.value;
  return (
    <main class="room" aria-label={known?.title ?? code} aria-busy="true">
      <RoomHeader code={code} room={known} people={null} />
      <p class={`banner ${isLate ? "" : "banner-none"}`} role="status">
        {isLate ? say.hubLost : ""}
      </p>
      <div class="log-frame">
        <div class="log">
          <div class="log-rows">
            <p class="notice">{say.connecting}</p>
          </div>
        </div>
      </div>
    </main>
  );
}

/** The lobby's sheets. */
export function LaterForms(): JSX.Element {
  useEffect(() => void formsPart.fetch(), []);
  const Forms = formsPart.loaded.value;
  return Forms ? <Forms /> : <Coming part={formsPart} />;
}

/** A QR code. Its place is kept meanwhile; the address beside it says the same. */
export function LaterQr(props: { text: string; label: string }): JSX.Element {
  useEffect(() => void qrPart.fetch(), []);
  const Qr = qrPart.loaded.value;
  return Qr ? <Qr {...props} /> : <div class="qr" />;
}
