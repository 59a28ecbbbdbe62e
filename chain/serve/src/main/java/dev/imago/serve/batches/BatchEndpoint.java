package dev.imago.serve.batches;

import dev.imago.http.JsonFields;
import dev.imago.serve.completions.KeptOutlet;

/// A route whose requests a batch may have.
@FunctionalInterface
public interface BatchEndpoint {
  /// Answers a request.
  ///
  /// @param outlet where the answer goes, as JSON
  /// @throws dev.imago.http.ApiException for what cannot be done
  void answer(JsonFields fields, KeptOutlet outlet) throws InterruptedException;
}
