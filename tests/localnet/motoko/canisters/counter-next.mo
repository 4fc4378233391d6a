import Prim "mo:⛔";

// The next version of `counter.mo`: it keeps the count and adds a label and hooks.
persistent actor class Counter(first : Nat) {
  var count : Nat = first;
  var label_ : Text = "new";
  transient var rejectUpgrades = false;

  system func preupgrade() {
    if (rejectUpgrades) Prim.trap("not now");
    label_ := "kept"
  };

  system func postupgrade() {
    if (count == 13) Prim.trap("unlucky");
    count += 1
  };

  public query func read() : async Nat { count };
  public query func getLabel() : async Text { label_ };
  public func refuseUpgrades() : async () { rejectUpgrades := true };
  public func add(amount : Nat) : async Nat { count += 10 * amount; count };
}
