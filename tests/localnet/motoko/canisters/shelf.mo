import Prim "mo:⛔";

// One of the canisters that a librarian makes.
persistent actor class Shelf(label_ : Text) {
  var books : Nat = 0;
  transient let name = label_;
  var lowMemory : Bool = false;

  public query func count() : async Nat { books };
  public query func title() : async Text { name };
  public query func wasLow() : async Bool { lowMemory };

  public func add(amount : Nat) : async Nat {
    if (books + amount == 13) Prim.trap("thirteen books");
    books += amount;
    books
  };

  public composite query func twice() : async Nat { books * 2 };

  public func balance() : async Nat { Prim.cyclesBalance() };

  // Takes whatever room is left.
  public func hoard(megabytes : Nat) : async () {
    kept := Prim.Array_init<Nat8>(megabytes * 262_144, 1)
  };
  transient var kept : [var Nat8] = [var];

  system func lowmemory() : async* () { lowMemory := true };
}
