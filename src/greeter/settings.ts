import { Principal, type Serializable, StableBTreeMap } from 'azle';

/** What a Greeter remembers. */
export interface GreeterSettings {
  readonly owner: Principal;
  readonly greeting: string;
}

/** First byte of a stored value. Raise it with the layout, and keep reading the old ones. */
const layoutVersion = 1;

/** `version · length of owner · owner · greeting`: the principal's bytes, then UTF-8 up to the end. */
const settingsSerializable: Serializable<GreeterSettings> = {
  toBytes({ owner, greeting }) {
    const ownerBytes = owner.toUint8Array();
    return Uint8Array.of(
      layoutVersion,
      ownerBytes.length,
      ...ownerBytes,
      ...new TextEncoder().encode(greeting),
    );
  },
  fromBytes(bytes) {
    const [version, ownerLength = 0] = bytes;
    if (version !== layoutVersion) {
      throw new Error(
        `These settings have layout ${version ?? 'none'}; this Greeter knows ${layoutVersion}.`,
      );
    }
    const ownerEnd = 2 + ownerLength;
    return {
      owner: Principal.fromUint8Array(bytes.slice(2, ownerEnd)),
      greeting: new TextDecoder().decode(bytes.subarray(ownerEnd)),
    };
  },
};

const oneByteKey: Serializable<number> = {
  toBytes: (key) => Uint8Array.of(key),
  fromBytes: (bytes) => bytes[0] ?? 0,
};

const settingsKey = 0;

/** A Greeter pays for 8 MiB of stable memory with every map, so it has this one. */
const stored = new StableBTreeMap(0, oneByteKey, settingsSerializable);

export function saveSettings(settings: GreeterSettings): void {
  stored.insert(settingsKey, settings);
}

/** @returns the settings; they exist from installation on. */
export function loadSettings(): GreeterSettings {
  const settings = stored.get(settingsKey);
  if (settings === undefined) throw new Error('This Greeter was never initialised.');
  return settings;
}
