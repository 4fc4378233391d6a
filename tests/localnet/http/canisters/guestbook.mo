import Prim "mo:⛔";

/** Counts visits, says who calls, and certifies how often somebody came. */
persistent actor {
  var visits : Nat32 = 0;

  func encoded() : Blob {
    let bytes = Prim.nat32ToNat(visits);
    Prim.arrayToBlob([Prim.natToNat8(bytes % 256)]);
  };

  public shared ({ caller }) func visit() : async (Principal, Nat32) {
    visits += 1;
    Prim.setCertifiedData(encoded());
    (caller, visits);
  };

  public shared query ({ caller }) func whoAmI() : async Principal { caller };

  public query func certified() : async (?Blob, Blob) { (Prim.getCertificate(), encoded()) };

  public func fail(text : Text) : async () { Prim.trap(text) };
};
