package dev.imago.http;

/// Hears of every request once it is over.
@FunctionalInterface
public interface RequestListener {
  void answered(Answered request);

  /// A request that is over.
  ///
  /// @param route the pattern of its route, or `other`: never the path, which clients choose
  /// @param method of the request
  /// @param path as the client sent it
  /// @param referer empty where there is none; so with `userAgent`
  /// @param status 499 where the client went before its answer
  /// @param bytes of the answer's body
  /// @param nanos from its arrival to the end of its answer
  record Answered(
      String route,
      Caller caller,
      String method,
      String path,
      String referer,
      String userAgent,
      int status,
      long bytes,
      long nanos) {}
}
