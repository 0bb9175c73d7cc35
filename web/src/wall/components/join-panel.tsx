// How to get into the room: the codes and the address, as on the join page.

import type { JSX } from "preact";
import { Qr } from "../../components/qr";
import { addresses, localName, wifiText } from "../../store/invite";
import type { Wall } from "../wire";
import type { WallWords } from "../words";

/** The codes that are drawn, by their texts: drawing one costs more than everything else here. */
const drawn = new Map<string, JSX.Element>();

function code(text: string, label: string): JSX.Element {
  const known = drawn.get(text);
  if (known && known.props.label === label) return known;
  // An address that has changed, or another language.
  if (drawn.size > 2) drawn.clear();
  const fresh = <Qr text={text} label={label} />;
  drawn.set(text, fresh);
  return fresh;
}

export function JoinPanel({ wall, say }: { wall: Wall; say: WallWords }): JSX.Element {
  const { room, wifi, announced } = wall;
  const address = addresses(wall.addresses, location.origin)[0]!;
  const link = `${address}/r/${room.code}`;
  const local = announced.state === "announced" && announced.name ? localName(announced.name, address) : null;
  return (
    <aside class={`in ${wifi ? "in-two" : ""}`}>
      {wifi && (
        <section>
          <h2>
            <i>1</i> {say.wifi}
          </h2>
          {code(wifiText(wifi), say.qrWifi(wifi.ssid))}
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
        {code(link, say.qrRoom(address))}
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
