// The host's page: built apart from what attendees load, so that nothing of theirs depends on it. It goes into the same
// folder, where `scripts/finish.mjs` finds both.

import { mergeConfig, type UserConfig } from "vite";
import shared from "./vite.config";

const config = mergeConfig(shared as UserConfig, { build: { emptyOutDir: false, rollupOptions: { input: "host.html" } } });

export default config;
