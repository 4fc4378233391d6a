import { faultActionOf, faultMatchOf, faultRuleJson } from '../faults-json.ts';
import { instanceRoute, numberParameter, type Route } from '../route.ts';

/*
 * What this server offers beyond the protocol: faults, and states to return to. The original answers these paths with
 * an error, so a test can find out whether it may inject faults.
 */

/** Extensions below `/instances/<n>/extensions/`. */
export const extensionRoutes: readonly Route[] = [
  instanceRoute('GET', '/extensions/faults', ({ network: { faults } }) =>
    faults.list().map((rule) => ({
      rule_id: rule.id,
      match_count: faults.matchCount(rule.id),
      ...faultRuleJson(rule),
    })),
  ),

  instanceRoute('POST', '/extensions/faults', ({ network }, request) => {
    const body = request.body();
    const rule = [faultMatchOf(body.optionalObject('match')), faultActionOf(body.object('action'))] as const;
    return { rule_id: network.faults.add(...rule) };
  }),

  instanceRoute('DELETE', '/extensions/faults', ({ network }) => {
    network.faults.clear();
    return null;
  }),

  instanceRoute('DELETE', '/extensions/faults/<rule>', ({ network }, request) => {
    network.faults.remove(numberParameter(request, 1));
    return null;
  }),

  instanceRoute('POST', '/extensions/checkpoints', (instance) => ({
    checkpoint_id: instance.checkpoint(),
  })),

  instanceRoute('POST', '/extensions/checkpoints/<checkpoint>/restore', (instance, request) => {
    instance.restore(numberParameter(request, 1));
    return null;
  }),
];
