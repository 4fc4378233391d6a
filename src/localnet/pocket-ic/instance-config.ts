import type { LocalNetworkOptions } from '../network-options.ts';
import { notSupported } from './protocol-error.ts';
import { RequestBody } from './request-body.ts';

/** What a client asks of a new instance. */
export interface InstanceConfig {
  readonly network: Pick<LocalNetworkOptions, 'instructionLimits' | 'startTimeNanos'>;
  /** Run in real time from the start. */
  readonly autoProgress: boolean;
}

/** What the replica's benchmarking configuration sets: next to no limit. Source: dfinity/ic `subnet_config.rs`. */
const benchmarkingInstructions = 99_999_999_999_999n;

const subnetsNotThere = ['nns', 'sns', 'ii', 'fiduciary', 'bitcoin'];
const listsNotThere = ['system', 'verified_application', 'cloud_engine'];
const featuresNotThere = ['state_dir', 'bitcoind_addr', 'dogecoind_addr', 'http_gateway_config'];

/**
 * Reads the body of `POST /instances`.
 *
 * @throws ProtocolError `NotSupported` for whatever would make a difference and is not there; what makes none here
 * (deterministic time slicing, backtraces, rate limits of installations) is accepted
 */
export function instanceConfigOf(body: RequestBody): InstanceConfig {
  for (const feature of featuresNotThere) {
    if (body.has(feature)) throw notSupported(`"${feature}" is not there; leave it out.`);
  }
  const [feature] = body.optionalObject('icp_features').names();
  if (feature !== undefined) throw notSupported(`The ICP feature "${feature}" is not there; leave it out.`);
  checkIcpConfig(body.optionalObject('icp_config'));
  if (body.optional('disable_ingress_validation') === true) {
    throw notSupported('Ingress messages are always validated; leave "disable_ingress_validation" out.');
  }
  const subnet = onlySubnet(body);
  const start = startOf(body);
  return {
    network: {
      ...(start.timeNanos !== undefined && { startTimeNanos: start.timeNanos }),
      ...(isBenchmarking(subnet) && {
        instructionLimits: {
          update: benchmarkingInstructions,
          query: benchmarkingInstructions,
          install: benchmarkingInstructions,
          inspectMessage: benchmarkingInstructions,
        },
      }),
    },
    autoProgress: start.autoProgress,
  };
}

/** The one application subnet. */
function onlySubnet(body: RequestBody): RequestBody {
  const set = body.object('subnet_config_set');
  for (const name of subnetsNotThere) {
    if (set.has(name)) {
      throw notSupported(`There is no subnet "${name}" here, only one application subnet.`);
    }
  }
  for (const name of listsNotThere) {
    if (set.list(name).length > 0) {
      throw notSupported(`There are no subnets of kind "${name}" here, only one application subnet.`);
    }
  }
  const [application, ...more] = set.list('application');
  if (application === undefined || more.length > 0) {
    throw notSupported(
      `An instance has exactly one application subnet; the request names ${more.length + (application === undefined ? 0 : 1)}.`,
    );
  }
  const subnet = new RequestBody(application);
  if (subnet.has('state_config') && subnet.optional('state_config') !== 'New') {
    throw notSupported('A subnet can only start with a new state.');
  }
  if (subnet.optional('cost_schedule') === 'Free') {
    throw notSupported('Cycles are always charged as on mainnet; use the cost schedule "Normal".');
  }
  return subnet;
}

function isBenchmarking(subnet: RequestBody): boolean {
  return subnet.optional('instruction_config') === 'Benchmarking';
}

function checkIcpConfig(config: RequestBody): void {
  if (config.optional('function_name_length_limits') === 'Disabled') {
    throw notSupported(
      'The limits of function names are always on; leave "function_name_length_limits" out.',
    );
  }
}

/** Source: dfinity/ic `rest.rs`, `InitialTime`. */
function startOf(body: RequestBody): { readonly timeNanos?: bigint; readonly autoProgress: boolean } {
  const initial = body.optionalObject('initial_time');
  if (initial.has('Timestamp')) {
    return { timeNanos: initial.object('Timestamp').time('nanos_since_epoch'), autoProgress: false };
  }
  return { autoProgress: initial.has('AutoProgress') };
}
