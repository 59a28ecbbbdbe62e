package dev.imago.serve.adapters;

import dev.imago.core.ImagoException;
import dev.imago.http.ApiException;
import dev.imago.http.Exchange;
import dev.imago.http.Feature;
import dev.imago.http.JsonFields;
import dev.imago.http.Route;
import dev.imago.serve.fields.RouteFields;
import dev.imago.serve.metering.AccountKeys;
import dev.imago.serve.models.Models;
import dev.imago.serve.models.ServedModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `POST /v1/load_lora_adapter` and `/v1/unload_lora_adapter`, as vLLM has them: an adapter comes
/// beside a model while the server runs, and goes. An operator's, and refused where the server was
/// not started to allow it: a path names any folder of its machine.
/// <https://docs.vllm.ai/en/latest/features/lora.html>
public final class AdaptersFeature implements Feature {
  private static final String LOAD = AccountKeys.LOAD_ADAPTER;
  private static final String UNLOAD = AccountKeys.UNLOAD_ADAPTER;

  public static final List<RouteFields> FIELDS =
      List.of(
          RouteFields.of(LOAD)
              .honoured("lora_name", "lora_path", "load_inplace", "base_model_name"),
          RouteFields.of(UNLOAD).honoured("lora_name").accepted("lora_int_id"));

  private final Models models;
  private final Optional<Function<String, Path>> finder;

  /// @param finder the folder that a path or a reference means; nothing where adapters stay as they
  ///   are
  public AdaptersFeature(Models models, Optional<Function<String, Path>> finder) {
    this.models = models;
    this.finder = finder;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(LOAD, Route.Access.KEY, this::load),
        Route.post(UNLOAD, Route.Access.KEY, this::unload));
  }

  private Function<String, Path> finder() {
    return finder.orElseThrow(
        () ->
            ApiException.of(
                403,
                "adapters_fixed",
                "this server's adapters stay as they are while it runs; start it with"
                    + " --allow-runtime-lora-updating"));
  }

  private void load(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.getFirst().check(fields);
    Function<String, Path> found = finder();
    String name = fields.requiredString("lora_name");
    String path = fields.requiredString("lora_path");
    ServedModel base = models.generating(fields.string("base_model_name"), LOAD);
    if (base.parent().isPresent()) {
      throw ApiException.invalid(
          "base_model_name",
          "base_model_name = «%s» is an adapter; name its model, «%s»"
              .formatted(base.name(), base.parent().get()));
    }
    ServedModel adapted;
    try {
      adapted = adapted(base, name, path, found.apply(path));
    } catch (IOException e) {
      throw ApiException.notFound("lora_path", "adapter_not_found", "lora_path: " + e.getMessage());
    } catch (ImagoException | IllegalArgumentException e) {
      throw ApiException.invalid("lora_path", "lora_path: " + e.getMessage());
    }
    models.add(adapted, fields.bool("load_inplace"));
    told(exchange, name, "added");
  }

  private void unload(Exchange exchange) {
    JsonFields fields = exchange.fields();
    FIELDS.getLast().check(fields);
    finder();
    String name = fields.requiredString("lora_name");
    models.remove(name);
    told(exchange, name, "removed");
  }

  private static void told(Exchange exchange, String name, String what) {
    exchange.send(
        "text/plain; charset=utf-8",
        "Success: LoRA adapter '%s' %s successfully."
            .formatted(name, what)
            .getBytes(StandardCharsets.UTF_8));
  }

  /// A model with an adapter beside it, as one of its own name.
  ///
  /// @param reference what ratings of its answers are bound to
  /// @throws IOException where a file is missing or broken
  /// @throws IllegalArgumentException for an adapter that cannot be added to the model
  public static ServedModel adapted(ServedModel base, String name, String reference, Path folder)
      throws IOException {
    return new ServedModel(
        name,
        reference,
        base.card(),
        base.backend().adapted(folder),
        base.defaults(),
        Optional.of(base.name()));
  }
}
