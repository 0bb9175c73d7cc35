import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { qrPart } from "../parts";

/** A QR code. Its place is kept until its part is here; the address beside it says the same. */
export function LaterQr(props: { text: string; label: string }): JSX.Element {
  useEffect(() => void qrPart.fetch(), []);
  const Qr = qrPart.loaded.value;
  return Qr ? <Qr {...props} /> : <div class="qr" />;
}
