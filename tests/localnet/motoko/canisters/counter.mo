import Prim "mo:⛔";

persistent actor class Counter(first : Nat) {
  // Survives upgrades.
  var count : Nat = first;
  // Does not.
  transient var since : Nat = 0;

  public query func read() : async Nat { count };
  public query func sinceUpgrade() : async Nat { since };

  public func add(amount : Nat) : async Nat {
    count += amount;
    since += 1;
    count
  };

  // A query that writes: nothing of it may stay.
  public query func writeInQuery() : async Nat {
    count += 1_000;
    count
  };

  public func trapAfterWriting() : async () {
    count += 1_000;
    Prim.trap("counter trapped")
  };

  public func refuse(why : Text) : async () { throw Prim.error(why) };

  // Writes and commits before the await, writes and traps after it.
  public func trapAfterAwait() : async () {
    count += 1;
    await nothing();
    count += 1_000;
    Prim.trap("trapped after await")
  };

  func nothing() : async () {};
  public func divide(a : Nat, b : Nat) : async Nat { a / b };

  public func forever() : async () { loop { since += 1 } };

  public func acceptCycles(most : Nat) : async Nat {
    Prim.cyclesAccept<system>(most)
  };

  public func acceptThenTrap() : async () {
    ignore Prim.cyclesAccept<system>(Prim.cyclesAvailable());
    Prim.trap("took the cycles")
  };

  // Counts once after, then again at each interval.
  public func countLater(nanoseconds : Nat64, recurring : Bool) : async Nat {
    Prim.setTimer<system>(nanoseconds, recurring, func() : async () { count += 1 })
  };

  public func stopCounting(timer : Nat) : async () { Prim.cancelTimer(timer) };

  public func trapLater(nanoseconds : Nat64) : async () {
    ignore Prim.setTimer<system>(nanoseconds, false, func() : async () { count += 1_000; Prim.trap("timer trapped") })
  };

  public func certify() : async () { Prim.setCertifiedData("certified") };
  public func print(text : Text) : async () { Prim.debugPrint(text) };
  public func environment(name : Text) : async ?Text { Prim.envVar<system>(name) };
}
