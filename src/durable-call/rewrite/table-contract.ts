/**
 * Where the response functions sit in the module's function table. The system keeps these numbers with every open
 * call and uses them in whatever module is installed when the response comes, so they may change only across a
 * stopped upgrade, with no call open.
 */
export const tableContract = {
  replySlot: 10_000,
  rejectSlot: 10_001,
  cleanupSlot: 10_002,
  /** Slots 10003..10007 stay empty, in reserve. The template's own table has about a thousand entries. */
  length: 10_008,
} as const;
