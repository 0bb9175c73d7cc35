// What is one tap away on the host's page, until its part is here.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Coming } from "../../components/coming";
import { closeSheet } from "../../route";
import { about } from "../app";
import { aboutPart } from "../parts";

export function LaterAbout(): JSX.Element | null {
  const one = about.value;
  useEffect(() => void aboutPart.fetch(), []);
  useEffect(() => void (one || closeSheet()), [one]);
  const AboutSheet = aboutPart.loaded.value;
  if (!one) return null;
  return AboutSheet ? <AboutSheet /> : <Coming part={aboutPart} />;
}
