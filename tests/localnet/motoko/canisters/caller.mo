import Prim "mo:⛔";

persistent actor class Caller() {
  type Counter = actor {
    add : (Nat) -> async Nat;
    trapAfterWriting : () -> async ();
    refuse : (Text) -> async ();
    divide : (Nat, Nat) -> async Nat;
    forever : () -> async ();
    acceptCycles : (Nat) -> async Nat;
    acceptThenTrap : () -> async ();
    absent : () -> async ();
  };

  type Mode = { #install; #reinstall; #upgrade : ?{ skip_pre_upgrade : ?Bool; wasm_memory_persistence : ?{ #keep; #replace } } };
  type Settings = { controllers : ?[Principal]; environment_variables : ?[{ name : Text; value : Text }] };
  type Management = actor {
    create_canister : ({ settings : ?Settings; sender_canister_version : ?Nat64 }) -> async ({ canister_id : Principal });
    install_code : ({ mode : Mode; canister_id : Principal; wasm_module : Blob; arg : Blob; sender_canister_version : ?Nat64 }) -> async ();
    update_settings : ({ canister_id : Principal; settings : Settings; sender_canister_version : ?Nat64 }) -> async ();
    stop_canister : ({ canister_id : Principal }) -> async ();
    delete_canister : ({ canister_id : Principal }) -> async ();
    deposit_cycles : ({ canister_id : Principal }) -> async ();
    canister_info : ({ canister_id : Principal; num_requested_changes : ?Nat64 }) -> async ({ total_num_changes : Nat64; module_hash : ?Blob; controllers : [Principal] });
    raw_rand : () -> async (Blob);
    nonexistent_method : () -> async ();
  };
  transient let management = actor "aaaaa-aa" : Management;

  var steps : [Text] = [];
  func note(text : Text) { steps := Prim.Array_tabulate<Text>(steps.size() + 1, func(i) { if (i < steps.size()) steps[i] else text }) };
  public query func getSteps() : async [Text] { steps };

  func describe(error : Error) : Text {
    let code = switch (Prim.errorCode(error)) {
      case (#system_fatal) "system_fatal";
      case (#system_transient) "system_transient";
      case (#destination_invalid) "destination_invalid";
      case (#canister_reject) "canister_reject";
      case (#canister_error) "canister_error";
      case (#system_unknown) "system_unknown";
      case (#future _) "future";
      case (#call_error _) "call_error";
    };
    code # ": " # Prim.errorMessage(error)
  };

  public func add(counter : Counter, amount : Nat) : async Nat { await counter.add(amount) };

  // Three calls at once; the answers are awaited afterwards, the last one first.
  public func addInParallel(counter : Counter) : async [Nat] {
    let first = counter.add(1);
    let second = counter.add(1);
    let third = counter.add(1);
    let third_ = await third;
    [await first, await second, third_]
  };

  // The steps before the await stay, those after it are undone.
  public func trapAfterAnswer(counter : Counter) : async () {
    note("before");
    ignore await counter.add(1);
    note("after");
    Prim.trap("caller trapped")
  };

  public func trapCaught(counter : Counter) : async Text {
    try { await counter.trapAfterWriting(); "no error" } catch error { describe(error) }
  };

  public func refusalCaught(counter : Counter) : async Text {
    try { await counter.refuse("not today"); "no error" } catch error { describe(error) }
  };

  public func divisionCaught(counter : Counter) : async Text {
    try { ignore await counter.divide(1, 0); "no error" } catch error { describe(error) }
  };

  public func endlessCaught(counter : Counter) : async Text {
    try { await counter.forever(); "no error" } catch error { describe(error) }
  };

  public func absentCaught(counter : Counter) : async Text {
    try { await counter.absent(); "no error" } catch error { describe(error) }
  };

  public func addCaught(counter : Counter) : async Text {
    try { ignore await counter.add(1); "no error" } catch error { describe(error) }
  };

  // `finally` runs in the cleanup callback when the code after the await traps.
  public func cleansUp(counter : Counter) : async () {
    try { ignore await counter.add(1); Prim.trap("caller trapped") } finally { note("cleaned up") }
  };

  public func addBounded(counter : Counter, seconds : Nat32) : async Text {
    try {
      ignore await (with timeout = seconds) counter.add(1);
      "answered"
    } catch error { describe(error) }
  };

  public func send(counter : Counter, amount : Nat, most : Nat) : async Nat {
    let accepted = await (with cycles = amount) counter.acceptCycles(most);
    // What was not accepted has come back with the answer.
    assert Prim.cyclesRefunded() == amount - accepted;
    accepted
  };

  public func sendInVain(counter : Counter, amount : Nat) : async () {
    try { await (with cycles = amount) counter.acceptThenTrap() } catch _ {}
  };

  // Creates, installs and hands over a canister, as the Manager does.
  public func spawn(module_ : Blob, arg : Blob, cycles : Nat, owner : Principal) : async Principal {
    let settings = ?{ controllers = null; environment_variables = ?[{ name = "SAGA_ID"; value = "7" }] };
    let { canister_id } = await (with cycles) management.create_canister({ settings; sender_canister_version = ?Prim.canisterVersion() });
    await management.install_code({ mode = #install; canister_id; wasm_module = module_; arg; sender_canister_version = null });
    await management.update_settings({ canister_id; settings = { controllers = ?[owner]; environment_variables = null }; sender_canister_version = null });
    canister_id
  };

  public func createWith(cycles : Nat) : async Text {
    try {
      ignore await (with cycles) management.create_canister({ settings = null; sender_canister_version = null });
      "created"
    } catch error { describe(error) }
  };

  public func deposit(canister_id : Principal, cycles : Nat) : async () {
    await (with cycles) management.deposit_cycles({ canister_id })
  };

  public func controllersOf(canister_id : Principal) : async [Principal] {
    (await management.canister_info({ canister_id; num_requested_changes = null })).controllers
  };

  public func stopAndDelete(canister_id : Principal) : async () {
    await management.stop_canister({ canister_id });
    await management.delete_canister({ canister_id })
  };

  public func stopCaught(canister_id : Principal) : async Text {
    try { await management.stop_canister({ canister_id }); "stopped" } catch error { describe(error) }
  };

  public func random() : async Blob { await management.raw_rand() };

  public func unknownManagementMethod() : async Text {
    try { await management.nonexistent_method(); "no error" } catch error { describe(error) }
  };
}
