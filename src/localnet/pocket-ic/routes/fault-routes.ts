import { faultActionOf, faultMatchOf, faultRuleJson } from '../faults-json.ts';
import { instanceRoute, numberParameter, type Route } from '../route.ts';

/*
 * What this server offers beyond the protocol: faults, and states to return to. The original answers these paths with
 * an error, so a test can find out whether it may inject faults.
 */

/** Extensions below `/instances/<n>/extensions/`. */
export const faultRoutes: readonly Route[] = [
  instanceRoute('GET', '/extensions/faults', ({ network: { faults } }) =>
    faults.list().map((rule) => faultRuleJson(rule, faults.matchCount(rule.id))),
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
];
