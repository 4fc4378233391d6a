// Serves what it is told to. What is certified is worked out by the test; the canister has the certificate.
import Prim "mo:⛔";

persistent actor {
  type Header = (Text, Text);
  type Request = { method : Text; url : Text; headers : [Header]; body : Blob; certificate_version : ?Nat16 };
  type UpdateRequest = { method : Text; url : Text; headers : [Header]; body : Blob };
  // A token of many types, because a gateway has to give it back as it came.
  type Token = { url : Text; next : Nat; kind : { #part : Int8; #other }; more : ?Blob };
  type Part = { body : Blob; token : ?Token };
  type Strategy = { #Callback : { callback : shared query Token -> async ?Part; token : Token } };
  type Response = {
    status_code : Nat16;
    headers : [Header];
    body : Blob;
    upgrade : ?Bool;
    streaming_strategy : ?Strategy;
  };
  type Page = {
    status : Nat16;
    headers : [Header];
    // The first is the body of the response, the others are streamed.
    parts : [Blob];
    // What stands behind the certificate in the header IC-Certificate; null: no such header.
    certification : ?Text;
    upgrade : Bool;
  };

  transient var pages : [(Text, Page)] = [];
  transient var updates : Nat = 0;

  public func put(newPages : [(Text, Page)], certifiedData : Blob) : async () {
    pages := newPages;
    Prim.setCertifiedData(certifiedData);
  };

  public query func http_request(request : Request) : async Response {
    if (request.url == "/echo") return echo(request.method # " " # debug_show (request.headers), request.body);
    if (request.url == "/trap") Prim.trap("no such luck");
    var wanted = request.url;
    // A part of a file is a page of its own.
    for ((name, value) in request.headers.vals()) if (name == "range") wanted #= " " # value;
    for ((url, page) in pages.vals()) {
      if (url == wanted) return answer(url, page);
    };
    { status_code = 404; headers = []; body = "nothing here"; upgrade = null; streaming_strategy = null };
  };

  public func http_request_update(request : UpdateRequest) : async Response {
    updates += 1;
    echo("update " # debug_show (updates) # " " # request.method # " " # request.url, request.body);
  };

  public query func moreOf(token : Token) : async ?Part {
    for ((url, page) in pages.vals()) {
      if (url == token.url) {
        let last = token.next + 1 == page.parts.size();
        return ?{ body = page.parts[token.next]; token = if (last) null else ?tokenOf(url, token.next + 1) };
      };
    };
    null;
  };

  public query func forever(token : Token) : async ?Part {
    ?{ body = "more"; token = ?token };
  };

  func tokenOf(url : Text, next : Nat) : Token {
    { url; next; kind = #part(-7); more = ?"\00\ff" };
  };

  func echo(text : Text, body : Blob) : Response {
    let decoded = switch (Prim.decodeUtf8(body)) { case (?decoded) decoded; case null "?" };
    {
      status_code = 201;
      headers = [("X-Twice", "1"), ("X-Twice", "2"), ("Content-Type", "text/plain")];
      body = Prim.encodeUtf8(text # " [" # decoded # "]");
      upgrade = null;
      streaming_strategy = null;
    };
  };

  func answer(url : Text, page : Page) : Response {
    let certificate = switch (Prim.getCertificate()) { case (?certificate) base64(certificate); case null "" };
    let certified : [Header] = switch (page.certification) {
      case null [];
      case (?fields) [("IC-Certificate", "certificate=:" # certificate # ":," # fields)];
    };
    {
      status_code = page.status;
      headers = Prim.Array_tabulate<Header>(
        certified.size() + page.headers.size(),
        func i = if (i < certified.size()) certified[i] else page.headers[i - certified.size()],
      );
      body = page.parts[0];
      upgrade = if (page.upgrade) ?true else null;
      streaming_strategy = if (url == "/forever") ?#Callback { callback = forever; token = tokenOf(url, 1) } else if (page.parts.size() == 1) null else ?#Callback {
        callback = moreOf;
        token = tokenOf(url, 1);
      };
    };
  };

  func base64(blob : Blob) : Text {
    let bytes = Prim.blobToArray(blob);
    let at = func(i : Nat) : Nat = if (i < bytes.size()) Prim.nat8ToNat(bytes[i]) else 0;
    var text = "";
    var i = 0;
    while (i < bytes.size()) {
      let group = at(i) * 65536 + at(i + 1) * 256 + at(i + 2);
      text #= digit(group / 262144) # digit(group / 4096 % 64);
      text #= if (i + 1 < bytes.size()) digit(group / 64 % 64) else "=";
      text #= if (i + 2 < bytes.size()) digit(group % 64) else "=";
      i += 3;
    };
    text;
  };

  func digit(value : Nat) : Text {
    let code = if (value < 26) 65 + value else if (value < 52) 71 + value else if (value < 62) (value - 4 : Nat) else if (value == 62) 43 else 47;
    Prim.charToText(Prim.nat32ToChar(Prim.natToNat32(code)));
  };
};
