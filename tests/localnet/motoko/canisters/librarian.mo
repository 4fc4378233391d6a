import Prim "mo:⛔";
import Shelves "shelf";

// Makes canisters of an actor class, asks many of them at once, and changes their code.
persistent actor class Librarian() {
  var shelves : [Shelves.Shelf] = [];
  var running : Nat = 0;
  var most : Nat = 0;

  public func open(label_ : Text, cycles : Nat) : async Principal {
    let shelf = await (with cycles) Shelves.Shelf(label_);
    let before = shelves;
    shelves := Prim.Array_tabulate<Shelves.Shelf>(before.size() + 1, func(i) { if (i < before.size()) before[i] else shelf });
    Prim.principalOfActor(shelf)
  };

  // All calls are under way before the first answer is awaited.
  public func addToAll(amount : Nat) : async [Nat] {
    let under_way = Prim.Array_init<?(async Nat)>(shelves.size(), null);
    var index = 0;
    for (shelf in shelves.vals()) { under_way[index] := ?shelf.add(amount); index += 1 };
    let answers = Prim.Array_init<Nat>(shelves.size(), 0);
    index := 0;
    for (call in under_way.vals()) {
      switch call { case (?answer) answers[index] := await answer; case null {} };
      index += 1
    };
    Prim.Array_tabulate<Nat>(answers.size(), func(i) { answers[i] })
  };

  // How many of these run at the same time, between their awaits.
  public func overlap() : async Nat {
    running += 1;
    if (running > most) most := running;
    ignore await shelves[0].count();
    running -= 1;
    most
  };

  public composite query func total() : async Nat {
    var sum = 0;
    for (shelf in shelves.vals()) sum += await shelf.count();
    sum
  };

  public composite query func doubled() : async Nat {
    var sum = 0;
    for (shelf in shelves.vals()) sum += await shelf.twice();
    sum
  };

  public composite query func titleOrError(i : Nat) : async Text {
    try { await shelves[i].title() } catch error { Prim.errorMessage(error) }
  };

  public func relabel(label_ : Text) : async () {
    for (shelf in shelves.vals()) ignore await (system Shelves.Shelf)(#upgrade shelf)(label_)
  };

  public func replace(i : Nat, label_ : Text) : async () {
    ignore await (system Shelves.Shelf)(#reinstall(shelves[i]))(label_)
  };

  transient let management = actor "aaaaa-aa" : actor { stop_canister : ({ canister_id : Principal }) -> async () };
  public func close(i : Nat) : async () {
    await management.stop_canister({ canister_id = Prim.principalOfActor(shelves[i]) })
  };

  // Self-calls in a loop: each await lets others in.
  public func countdown(from : Nat) : async Nat {
    if (from == 0) return running;
    await countdown(from - 1)
  };
}
