import Prim "mo:⛔";

// Makes HTTP outcalls as people write them: with a transform function, and the cycles attached.
persistent actor Fetcher {
  type Header = { name : Text; value : Text };
  type Response = { status : Nat; headers : [Header]; body : Blob };
  type TransformArgument = { response : Response; context : Blob };
  type Request = {
    url : Text;
    max_response_bytes : ?Nat64;
    method : { #get; #head; #post };
    headers : [Header];
    body : ?Blob;
    transform : ?{ function : shared query TransformArgument -> async Response; context : Blob };
    is_replicated : ?Bool;
  };
  transient let management = actor "aaaaa-aa" : actor { http_request : Request -> async Response };

  // Headers differ from node to node; the context becomes the only one.
  public query func transform({ response; context } : TransformArgument) : async Response {
    let ?text = Prim.decodeUtf8(context) else Prim.trap("The context is no text.");
    { response with headers = [{ name = "context"; value = text }] }
  };

  public func fetch(url : Text, body : ?Blob) : async Text {
    let request : Request = {
      url;
      max_response_bytes = ?10_000;
      method = if (body == null) #get else #post;
      headers = [{ name = "Accept"; value = "text/plain" }];
      body;
      transform = ?{ function = transform; context = "kept" };
      is_replicated = null;
    };
    try {
      let response = await (with cycles = 1_000_000_000) management.http_request(request);
      let ?text = Prim.decodeUtf8(response.body) else Prim.trap("The body is no text.");
      debug_show (response.status) # " " # response.headers[0].value # " " # text
    } catch (error) {
      debug_show (Prim.errorCode(error)) # ": " # Prim.errorMessage(error)
    }
  };
}
