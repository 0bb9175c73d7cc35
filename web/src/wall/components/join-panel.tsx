// How to get into the room: the codes and the address, as on the join page.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Qr } from "../../components/qr";
import { addresses, localName, wifiText } from "../../store/invite";
import type { Wall } from "../wire";
import type { WallWords } from "../words";

export function JoinPanel({ wall, say }: { wall: Wall; say: WallWords }): JSX.Element {
  const { room, wifi, announced } = wall;
  const address = addresses(wall.addresses, location.origin)[0]!;
  const link = `${address}/r/${room.code}`;
  const local = announced.state === "announced" && announced.name ? localName(announced.name, address) : null;
  const joins = wifi && wifiText(wifi);
  // Drawing a code costs more than everything else here.
  const codes = useMemo(
    () => ({ room: <Qr text={link} label={say.qrRoom(address)} />, wifi: joins && <Qr text={joins} label={say.qrWifi(wifi!.ssid)} /> }),
    [link, joins, say],
  );
  return (
    <aside class={`in ${wifi ? "in-two" : ""}`}>
      {wifi && (
        <section>
          <h2>
            <i>1</i> {say.wifi}
          </h2>
          {codes.wifi}
          <p class="address">
            <bdi>{wifi.ssid}</bdi>
          </p>
          {wifi.password && (
            <p class="soft">
              {say.wifiPassword} <b translate={false}>{wifi.password}</b>
            </p>
          )}
        </section>
      )}
      <section>
        <h2>
          {wifi && <i>2</i>} {say.join}
        </h2>
        {codes.room}
        <p class="address" translate={false}>
          {address.replace(/^http:\/\//, "")}
        </p>
        {local && (
          <p class="soft">
            {say.or} <b translate={false}>{local}</b>
          </p>
        )}
        <p class="soft">
          {say.code} <b class="code" translate={false}>{room.code}</b>
        </p>
      </section>
    </aside>
  );
}
