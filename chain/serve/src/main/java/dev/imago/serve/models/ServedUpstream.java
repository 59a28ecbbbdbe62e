package dev.imago.serve.models;

import dev.imago.model.ModelCard;
import dev.imago.serve.upstreams.Upstream;
import java.time.Instant;
import java.util.Map;

/// A model of another server, which speaks OpenAI's API too: requests for it are passed on.
///
/// @param name that clients call it by
/// @param asked the name that a request asked for: its own, or an alias
/// @param written when this server began to offer it: when it was made only its own server knows
public record ServedUpstream(String name, String asked, Upstream upstream, Instant written)
    implements Served {
  /// Asked for by its own name.
  public ServedUpstream(String name, Upstream upstream, Instant written) {
    this(name, name, upstream, written);
  }

  @Override
  public ServedUpstream askedAs(String alias) {
    return new ServedUpstream(name, alias, upstream, written);
  }

  @Override
  public ModelCard card() {
    return ModelCard.named(name);
  }

  /// Its own server knows.
  @Override
  public int context() {
    return 0;
  }

  @Override
  public int vocabularySize() {
    return 0;
  }

  @Override
  public String path() {
    return "/v1/chat/completions";
  }

  @Override
  public String owner() {
    return "upstream";
  }

  @Override
  public Map<String, Object> facts() {
    return Map.of("upstream_model", upstream.config().model(), "healthy", upstream.healthy());
  }
}
