;; What the rewrite adds to a canister. docs/durable-calls.md explains why; this file is how.
;;
;; It is parsed by rewrite/add-durable-calls.ts, which copies every function into the canister's module:
;;   $wrapper.<name>  takes the place of the import ic0.<name>: all code that called it now calls the wrapper;
;;   $ic0.<name>      is the system function itself;
;;   $canister.<name> is a function the canister had before;
;;   {{...}}          is a value of rewrite/placeholders.ts.
;;
;; A call is known by an id instead of a pointer into the heap, because an upgrade replaces the heap but not the
;; open calls. Ids 1..2^31-1 are chosen by the canister ("marked" calls); ids with the high bit set are given here.
;;
;; The registry: which callbacks of *this* instance wait for which id. It lives in pages of its own, got with
;; memory.grow, so that an upgrade wipes it together with the callbacks it names. Layout from $durable.page on:
;;    0 i32  capacity in records
;;    4 i32  number of records
;;    8 i64  last id given to an unmarked call
;;   16 i64  nonce of this instance: the canister version at its first call
;;   24 i32  id of the response being handed to the response handler; 0 outside it
;;   28 i32  bytes at the end of the message's argument that the canister must not see
;;   32 rec  the call between call_new and call_perform; its id is 0 when there is nothing to record
;;   64 i32  1 when that call is ic-cdk-timers' call to itself
;;   72 24B  scratch
;;   96 ...  records of 32 bytes, unordered:
;;             0 id · 4 reply function, 8 its argument · 12, 16 reject · 20, 24 cleanup · 28 unused
(module
  (import "ic0" "call_new" (func $ic0.call_new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_on_cleanup" (func $ic0.call_on_cleanup (param i32 i32)))
  (import "ic0" "call_perform" (func $ic0.call_perform (result i32)))
  (import "ic0" "call_data_append" (func $ic0.call_data_append (param i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $ic0.call_with_best_effort_response (param i32)))
  (import "ic0" "canister_version" (func $ic0.canister_version (result i64)))
  (import "ic0" "msg_arg_data_size" (func $ic0.msg_arg_data_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $ic0.msg_arg_data_copy (param i32 i32 i32)))
  (import "ic0" "msg_method_name_size" (func $ic0.msg_method_name_size (result i32)))
  (import "ic0" "msg_method_name_copy" (func $ic0.msg_method_name_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $ic0.msg_reply))
  (import "ic0" "trap" (func $ic0.trap (param i32 i32)))
  (import "canister" "response_handler" (func $canister.response_handler))
  (import "canister" "timer_executor" (func $canister.timer_executor))
  (memory $0 1)
  (table ${{TABLE}} 1 funcref)
  (global $durable.page (mut i32) (i32.const 0))

  ;; --- The registry

  ;; Address of $pages fresh pages. Out of memory: trap, so that the message is undone and nothing is sent.
  (func $durable.grow (param $pages i32) (result i32)
    (local $page i32)
    (local.set $page (memory.grow (local.get $pages)))
    (if (i32.eq (local.get $page) (i32.const -1)) (then (unreachable)))
    (i32.shl (local.get $page) (i32.const 16)))

  (func $durable.ensure_page
    (if (global.get $durable.page) (then (return)))
    (global.set $durable.page (call $durable.grow (i32.const 1)))
    (i32.store (global.get $durable.page) (i32.const {{FIRST_CAPACITY}}))
    (i64.store offset=16 align=4 (global.get $durable.page) (call $ic0.canister_version)))

  (func $durable.record_address (param $index i32) (result i32)
    (i32.add (global.get $durable.page) (i32.add (i32.const 96) (i32.shl (local.get $index) (i32.const 5)))))

  ;; Address of the record of $id, or 0. From the newest to the oldest: open calls are few, and the answer that
  ;; comes is most often one of the last asked for.
  (func $durable.find (param $id i32) (result i32)
    (local $record i32)
    (local $first i32)
    (if (i32.eqz (global.get $durable.page)) (then (return (i32.const 0))))
    (local.set $first (call $durable.record_address (i32.const 0)))
    (local.set $record (call $durable.record_address (i32.load offset=4 (global.get $durable.page))))
    (loop $older
      (local.set $record (i32.sub (local.get $record) (i32.const 32)))
      (if (i32.lt_u (local.get $record) (local.get $first)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load (local.get $record)) (local.get $id)) (then (return (local.get $record))))
      (br $older))
    (unreachable))

  ;; Moves the last record into the place of $record.
  (func $durable.remove (param $record i32)
    (local $last i32)
    (local.set $last (i32.sub (i32.load offset=4 (global.get $durable.page)) (i32.const 1)))
    (i32.store offset=4 (global.get $durable.page) (local.get $last))
    (memory.copy (local.get $record) (call $durable.record_address (local.get $last)) (i32.const 32)))

  (func $durable.add_pending
    (local $count i32)
    (local.set $count (i32.load offset=4 (global.get $durable.page)))
    (if (i32.eq (local.get $count) (i32.load (global.get $durable.page))) (then (call $durable.double)))
    (memory.copy
      (call $durable.record_address (local.get $count))
      (i32.add (global.get $durable.page) (i32.const 32))
      (i32.const 32))
    (i32.store offset=4 (global.get $durable.page) (i32.add (local.get $count) (i32.const 1))))

  ;; Moves the full registry to twice its pages. The old ones are not given back: Wasm memory cannot shrink.
  (func $durable.double
    (local $pages i32)
    (local $moved i32)
    (local $bytes i32)
    (local.set $bytes ;; header and records
      (i32.add (i32.const 96) (i32.shl (i32.load (global.get $durable.page)) (i32.const 5))))
    (local.set $pages (i32.shr_u (local.get $bytes) (i32.const 15)))
    (local.set $moved (call $durable.grow (local.get $pages)))
    (memory.copy (local.get $moved) (global.get $durable.page) (local.get $bytes))
    (global.set $durable.page (local.get $moved))
    (i32.store (local.get $moved)
      (i32.shr_u (i32.sub (i32.shl (local.get $pages) (i32.const 16)) (i32.const 96)) (i32.const 5))))

  ;; --- Responses: the functions at the fixed table slots

  (func $durable.on_reply (param $id i32)
    (if (i32.eqz (call $durable.run_callback (local.get $id) (i32.const 4)))
      (then (call $durable.hand_over (local.get $id)))))

  (func $durable.on_reject (param $id i32)
    (if (i32.eqz (call $durable.run_callback (local.get $id) (i32.const 12)))
      (then (call $durable.hand_over (local.get $id)))))

  ;; Runs after a response callback has trapped. A marked call has nothing to clean up.
  (func $durable.on_cleanup (param $id i32)
    (drop (call $durable.run_callback (local.get $id) (i32.const 20))))

  ;; Runs the callback that this instance registered for $id ($offset: which of the three).
  ;; 0 when it registered none: the call was one-way, or an instance before the last upgrade made it.
  (func $durable.run_callback (param $id i32) (param $offset i32) (result i32)
    (local $record i32)
    (local $function i32)
    (local $argument i32)
    (local.set $record (call $durable.find (local.get $id)))
    (if (i32.eqz (local.get $record)) (then (return (i32.const 0))))
    (local.set $function (i32.load (i32.add (local.get $record) (local.get $offset))))
    (local.set $argument (i32.load offset=4 (i32.add (local.get $record) (local.get $offset))))
    ;; Before the callback: if that traps, the removal is undone with it, and the cleanup finds the record.
    (call $durable.remove (local.get $record))
    (if (i32.ne (local.get $function) (i32.const -1))
      (then (call_indirect (param i32) (local.get $argument) (local.get $function))))
    (i32.const 1))

  ;; Gives the response of a marked call to the response handler. An unmarked one belongs to a promise that
  ;; vanished with its instance; nobody can want it.
  (func $durable.hand_over (param $id i32)
    (if (i32.le_s (local.get $id) (i32.const 0)) (then (return)))
    (call $durable.ensure_page)
    (i32.store offset=24 (global.get $durable.page) (local.get $id))
    (call $canister.response_handler)
    (i32.store offset=24 (global.get $durable.page) (i32.const 0)))

  ;; --- Calls

  ;; Reads decimal digits from $from up to $end or to the next marker byte.
  ;; Result: value << 32 | address behind the digits; -1 when there is no number, or one above 2^31-1.
  (func $durable.parse_number (param $from i32) (param $end i32) (result i64)
    (local $at i32)
    (local $value i64)
    (local $digit i32)
    (local.set $at (local.get $from))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $done (i32.eq (i32.load8_u (local.get $at)) (i32.const {{MARKER}})))
        (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
        (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (return (i64.const -1))))
        (local.set $value
          (i64.add (i64.mul (local.get $value) (i64.const 10)) (i64.extend_i32_u (local.get $digit))))
        (if (i64.gt_u (local.get $value) (i64.const {{MAXIMUM_CALL_ID}})) (then (return (i64.const -1))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (if (i32.eq (local.get $at) (local.get $from)) (then (return (i64.const -1))))
    (i64.or (i64.shl (local.get $value) (i64.const 32)) (i64.extend_i32_u (local.get $at))))

  (func $durable.parsed_value (param $parsed i64) (result i32)
    (i32.wrap_i64 (i64.shr_u (local.get $parsed) (i64.const 32))))

  ;; An id for an unmarked call. It must differ from those of earlier instances whose responses are still on the
  ;; way. Time cannot tell instances apart (it stands still within a round); the canister version rises with every
  ;; message and every upgrade, also over a loaded snapshot.
  (func $durable.fresh_id (result i32)
    (local $lowest i64)
    (local $id i32)
    (loop $again
      (local.set $lowest (i64.shl (call $ic0.canister_version) (i64.const 9)))
      (i64.store offset=8 align=4 (global.get $durable.page)
        (i64.add (i64.load offset=8 align=4 (global.get $durable.page)) (i64.const 1)))
      (if (i64.gt_u (local.get $lowest) (i64.load offset=8 align=4 (global.get $durable.page)))
        (then (i64.store offset=8 align=4 (global.get $durable.page) (local.get $lowest))))
      (local.set $id
        (i32.or (i32.load offset=8 (global.get $durable.page)) (i32.const 0x80000000)))
      (br_if $again (call $durable.find (local.get $id))))
    (local.get $id))

  (func $durable.trap_id_in_use
    (i64.store offset=72 align=4 (global.get $durable.page) (i64.const {{ID_IN_USE_0}}))
    (i64.store offset=80 align=4 (global.get $durable.page) (i64.const {{ID_IN_USE_1}}))
    (i64.store offset=88 align=4 (global.get $durable.page) (i64.const {{ID_IN_USE_2}}))
    (call $ic0.trap (i32.add (global.get $durable.page) (i32.const 72)) (i32.const {{ID_IN_USE_LENGTH}}))
    (unreachable))

  (func $wrapper.call_new
    (param $callee i32) (param $callee_size i32) (param $name i32) (param $name_size i32)
    (param $reply i32) (param $reply_argument i32) (param $reject i32) (param $reject_argument i32)
    (local $at i32)
    (local $end i32)
    (local $parsed i64)
    (local $timeout i32)
    (local $id i32)
    (call $durable.ensure_page)
    (local.set $at (local.get $name))
    (local.set $end (i32.add (local.get $name) (local.get $name_size)))
    ;; A malformed marker leaves the name as it is: the callee has no such method, and nothing happens by mistake.
    (block $unmarked
      (loop $next
        (br_if $unmarked (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.ne (i32.load8_u (local.get $at)) (i32.const {{MARKER}}))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $next))))
      (local.set $parsed
        (call $durable.parse_number (i32.add (local.get $at) (i32.const 1)) (local.get $end)))
      (br_if $unmarked (i64.lt_s (local.get $parsed) (i64.const 0)))
      (local.set $timeout (call $durable.parsed_value (local.get $parsed)))
      (if (i32.ne (i32.wrap_i64 (local.get $parsed)) (local.get $end))
        (then
          (local.set $parsed
            (call $durable.parse_number
              (i32.add (i32.wrap_i64 (local.get $parsed)) (i32.const 1))
              (local.get $end)))
          (if
            (i32.or
              (i64.lt_s (local.get $parsed) (i64.const 0))
              (i32.or
                (i32.ne (i32.wrap_i64 (local.get $parsed)) (local.get $end))
                (i32.eqz (call $durable.parsed_value (local.get $parsed)))))
            (then
              (local.set $timeout (i32.const 0))
              (br $unmarked)))
          (local.set $id (call $durable.parsed_value (local.get $parsed)))
          (if (call $durable.find (local.get $id)) (then (call $durable.trap_id_in_use)))))
      (local.set $name_size (i32.sub (local.get $at) (local.get $name))))

    (i32.store offset=64 (global.get $durable.page)
      (call $durable.is_timer_name (local.get $name) (local.get $name_size)))

    ;; A one-way call (its callbacks are -1) is never recorded. If it is unmarked it stays as it is; if it is
    ;; marked it gets our callbacks all the same, and since no record will be found its response always goes to
    ;; the response handler, upgrade or not.
    (i32.store offset=32 (global.get $durable.page) (i32.const 0))
    (if (i32.ne (local.get $reply) (i32.const -1))
      (then
        (if (i32.eqz (local.get $id)) (then (local.set $id (call $durable.fresh_id))))
        (i32.store offset=32 (global.get $durable.page) (local.get $id))
        (i32.store offset=36 (global.get $durable.page) (local.get $reply))
        (i32.store offset=40 (global.get $durable.page) (local.get $reply_argument))
        (i32.store offset=44 (global.get $durable.page) (local.get $reject))
        (i32.store offset=48 (global.get $durable.page) (local.get $reject_argument))
        (i32.store offset=52 (global.get $durable.page) (i32.const -1))))
    (if (local.get $id)
      (then
        (local.set $reply (i32.const {{REPLY_SLOT}}))
        (local.set $reply_argument (local.get $id))
        (local.set $reject (i32.const {{REJECT_SLOT}}))
        (local.set $reject_argument (local.get $id))))
    (call $ic0.call_new
      (local.get $callee) (local.get $callee_size) (local.get $name) (local.get $name_size)
      (local.get $reply) (local.get $reply_argument) (local.get $reject) (local.get $reject_argument))
    (if (local.get $timeout) (then (call $ic0.call_with_best_effort_response (local.get $timeout)))))

  (func $wrapper.call_on_cleanup (param $function i32) (param $argument i32)
    (call $durable.ensure_page)
    (if (i32.load offset=32 (global.get $durable.page))
      (then
        (i32.store offset=52 (global.get $durable.page) (local.get $function))
        (i32.store offset=56 (global.get $durable.page) (local.get $argument))
        (local.set $function (i32.const {{CLEANUP_SLOT}}))
        (local.set $argument (i32.load offset=32 (global.get $durable.page)))))
    (call $ic0.call_on_cleanup (local.get $function) (local.get $argument)))

  ;; Recorded only here, and only when the system took the call: an abandoned or refused call gets no response,
  ;; so its record would never be removed.
  (func $wrapper.call_perform (result i32)
    (local $error i32)
    (local.set $error (call $ic0.call_perform))
    (call $durable.ensure_page)
    (if (i32.eqz (local.get $error))
      (then
        (if (i32.load offset=32 (global.get $durable.page)) (then (call $durable.add_pending)))))
    (i32.store offset=32 (global.get $durable.page) (i32.const 0))
    (local.get $error))

  ;; --- The call id as the response handler reads it
  ;;
  ;; ic0.msg_method_name is allowed in inspect_message only, so to answer it inside the response handler takes
  ;; nothing away from anybody. There it is the id in ten decimal digits; elsewhere it is what it always was.

  (func $durable.handed_over_id (result i32)
    (if (result i32) (global.get $durable.page)
      (then (i32.load offset=24 (global.get $durable.page)))
      (else (i32.const 0))))

  (func $wrapper.msg_method_name_size (result i32)
    (if (call $durable.handed_over_id) (then (return (i32.const 10))))
    (call $ic0.msg_method_name_size))

  (func $wrapper.msg_method_name_copy (param $destination i32) (param $offset i32) (param $size i32)
    (local $position i32)
    (local $rest i32)
    (local.set $rest (call $durable.handed_over_id))
    (if (i32.eqz (local.get $rest))
      (then
        (call $ic0.msg_method_name_copy (local.get $destination) (local.get $offset) (local.get $size))
        (return)))
    (local.set $position (i32.const 10))
    (loop $next ;; from the last digit to the first
      (local.set $position (i32.sub (local.get $position) (i32.const 1)))
      (if (i32.lt_u (i32.sub (local.get $position) (local.get $offset)) (local.get $size))
        (then
          (i32.store8
            (i32.add (local.get $destination) (i32.sub (local.get $position) (local.get $offset)))
            (i32.add (i32.const 48) (i32.rem_u (local.get $rest) (i32.const 10))))))
      (local.set $rest (i32.div_u (local.get $rest) (i32.const 10)))
      (br_if $next (local.get $position))))

  ;; --- Timers
  ;;
  ;; ic-cdk-timers runs each due task by a call of the canister to itself whose argument is the task's number in
  ;; the heap. Such a call still in the queue at an upgrade would run whatever task has that number in the new
  ;; instance, hours too early perhaps. So the number is sent with the instance's nonce behind it.

  (func $durable.is_timer_name (param $name i32) (param $size i32) (result i32)
    (if (i32.ne (local.get $size) (i32.const 32)) (then (return (i32.const 0))))
    (i32.and
      (i32.and
        (i64.eq (i64.load offset=0 align=1 (local.get $name)) (i64.const {{TIMER_NAME_0}}))
        (i64.eq (i64.load offset=8 align=1 (local.get $name)) (i64.const {{TIMER_NAME_1}})))
      (i32.and
        (i64.eq (i64.load offset=16 align=1 (local.get $name)) (i64.const {{TIMER_NAME_2}}))
        (i64.eq (i64.load offset=24 align=1 (local.get $name)) (i64.const {{TIMER_NAME_3}})))))

  (func $wrapper.call_data_append (param $source i32) (param $size i32)
    (call $durable.ensure_page)
    (call $ic0.call_data_append (local.get $source) (local.get $size))
    (if (i32.load offset=64 (global.get $durable.page))
      (then
        (i32.store offset=64 (global.get $durable.page) (i32.const 0))
        (call $ic0.call_data_append
          (i32.add (global.get $durable.page) (i32.const 16))
          (i32.const 8)))))

  (func $wrapper.msg_arg_data_size (result i32)
    (i32.sub
      (call $ic0.msg_arg_data_size)
      (if (result i32) (global.get $durable.page)
        (then (i32.load offset=28 (global.get $durable.page)))
        (else (i32.const 0)))))

  ;; Takes the place of the canister's timer executor. Anybody may call that method; without the nonce nothing runs.
  (func $durable.execute_timer
    (local $size i32)
    (call $durable.ensure_page)
    (local.set $size (call $ic0.msg_arg_data_size))
    (i64.store offset=72 align=4 (global.get $durable.page) (i64.const 0))
    (if (i32.gt_u (local.get $size) (i32.const 8))
      (then
        (call $ic0.msg_arg_data_copy
          (i32.add (global.get $durable.page) (i32.const 72))
          (i32.sub (local.get $size) (i32.const 8))
          (i32.const 8))))
    (if
      (i64.ne
        (i64.load offset=72 align=4 (global.get $durable.page))
        (i64.load offset=16 align=4 (global.get $durable.page)))
      (then
        (call $ic0.msg_reply)
        (return)))
    (i32.store offset=28 (global.get $durable.page) (i32.const 8))
    (call $canister.timer_executor)
    (i32.store offset=28 (global.get $durable.page) (i32.const 0))))
