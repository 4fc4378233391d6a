import type binaryen from 'binaryen';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { BuildError } from './build-error.ts';
import { projectRoot } from './paths.ts';

/** The version whose pieces and template this build script was written against. */
const azleVersion = '0.33.0';

/** Prebuilt Rust half of every azle canister (JavaScript engine and System API bindings), pinned by content. */
const templateSha256 = 'fa87d4ae38c8ce4ebc49f3cb05d0d3b1276eab19c5d26705d65fbf6e1c162806';

/** Entry points of a canister class, as azle's build hands them from its probe run to the final module. */
export type MethodMeta = Record<string, unknown>;

/** What a canister reads from its own Wasm at start. `mainJsPath` shows up in the stack of every trap. */
export interface CanisterWasmData extends Record<string, unknown> {
  envVars: [name: string, value: string][];
  mainJsPath: string;
}

/** The parts of azle's own build command that we reuse. */
export interface AzleBuildPieces {
  readonly templatePath: string;
  readonly version: string;
  /** JavaScript that instantiates the canister class and describes it. */
  handleClassApiCanister(main: string): string;
  /** Reads the template. */
  getModule(templatePath: string): Promise<binaryen.Module>;
  /** Adds one export for each entry point; without a description only those that every canister has. */
  addCanisterMethodProxies(module: binaryen.Module, methodMeta: MethodMeta | undefined): void;
  getMemoryInformation(module: binaryen.Module): {
    memoryInfo: binaryen.MemoryInfo;
    memorySegmentInfos: binaryen.MemorySegment[];
  };
  encode(text: string): Uint8Array;
  addPassiveDataSegmentsToMemory(
    module: binaryen.Module,
    memoryInfo: binaryen.MemoryInfo,
    memorySegmentInfos: binaryen.MemorySegment[],
    javaScript: Uint8Array,
    wasmData: Uint8Array,
  ): void;
  addPassiveSizeFunction(module: binaryen.Module, name: string, content: Uint8Array): void;
  /** Runs a canister far enough to learn its Candid interface and entry points. */
  execute(wasm: Uint8Array): Promise<{ candid: string; methodMeta: MethodMeta }>;
}

/**
 * Loads azle's build pieces from its published sources, without its command line (which needs dfx, writes the
 * absolute path of the checkout into the Wasm and so makes its hash differ from directory to directory).
 *
 * @throws BuildError `build.azle-changed` when the installed azle is not the pinned one.
 */
export async function loadAzle(): Promise<AzleBuildPieces> {
  const directory = join(projectRoot, 'node_modules/azle');
  await requirePinnedVersion(directory);
  const templatePath = join(directory, 'dist/canister_templates/stable.wasm');
  await requirePinnedTemplate(templatePath);

  // azle keeps the name section of the template when this is set, which would change the module hash.
  delete process.env['AZLE_CANISTER_BACKTRACES'];

  const importPiece = (path: string): Promise<unknown> =>
    // azle is published as TypeScript; tsx compiles it whichever program (tsx, vitest) runs this build.
    tsImport(pathToFileURL(join(directory, 'src/stable/build/commands/build', path)).href, import.meta.url);
  const [javaScript, manipulate, execute] = await Promise.all([
    importPiece('javascript.ts'),
    importPiece('wasm_binary/manipulate.ts'),
    importPiece('candid_and_method_meta/execute.ts'),
  ]);
  return {
    templatePath,
    version: azleVersion,
    ...(javaScript as Pick<AzleBuildPieces, 'handleClassApiCanister'>),
    ...(manipulate as Omit<
      AzleBuildPieces,
      'templatePath' | 'version' | 'handleClassApiCanister' | 'execute'
    >),
    ...(execute as Pick<AzleBuildPieces, 'execute'>),
  };
}

async function requirePinnedVersion(directory: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as { version: string };
  if (manifest.version !== azleVersion) {
    throw new BuildError(
      'build.azle-changed',
      `This build knows azle ${azleVersion}, but ${manifest.version} is installed. Run "npm ci", or review the build pieces it uses and change the pin.`,
    );
  }
}

async function requirePinnedTemplate(templatePath: string): Promise<void> {
  const found = createHash('sha256')
    .update(await readFile(templatePath))
    .digest('hex');
  if (found !== templateSha256) {
    throw new BuildError(
      'build.azle-changed',
      `azle's canister template has SHA-256 ${found}, expected ${templateSha256}. Reinstall azle; never deploy this one unreviewed.`,
    );
  }
}
