package dev.imago.cli;

import dev.imago.accounts.RevenueShares;
import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.core.Provenance;
import dev.imago.core.Ref;
import dev.imago.core.Workspace;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Who owns what models were made of, as `imago invoice shares` reads it: the artifact that each
/// model on an invoice is, and the owners of artifacts, who have a part of what each model is
/// charged whose lineage holds theirs.
///
/// @param operator who has the rest
/// @param parts of each model, by its name on the invoice
/// @param idle the owners' artifacts that no model's lineage holds
record OwnersFile(String operator, Map<String, List<RevenueShares.Part>> parts, List<String> idle) {
  private static final Set<String> FIELDS = Set.of("operator", "models", "owners");
  private static final Set<String> OWNER_FIELDS = Set.of("owner", "percent");

  /// An owner of an artifact.
  ///
  /// @param part in hundredths of a per cent
  private record Owner(Ref artifact, String name, int part) {}

  /// @throws ConfigException for what it may not say
  /// @throws InputException for a file that is none, or an artifact that is not there
  static OwnersFile read(Path file, Workspace workspace) {
    JsonNode settings = SettingsYaml.read(file);
    for (var field : settings.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new ConfigException(
            "%s: there is no %s; there are operator, models, owners"
                .formatted(file, field.getKey()));
      }
    }
    if (!settings.path("models").isObject() || !settings.path("owners").isObject()) {
      throw new ConfigException(
          "%s: write models: {tiny: weights/3f2a} and owners: {raw/8c1d: {owner: News, percent: '20'}}"
              .formatted(file));
    }
    var owners = new ArrayList<Owner>();
    for (var each : settings.path("owners").properties()) {
      for (String field : each.getValue().propertyNames()) {
        if (!OWNER_FIELDS.contains(field)) {
          throw new ConfigException(
              "%s: there is no %s.%s; there are owner, percent"
                  .formatted(file, each.getKey(), field));
        }
      }
      owners.add(
          new Owner(
              workspace.find(each.getKey()).ref(),
              text(file, each.getKey() + ".owner", each.getValue().path("owner")),
              percent(
                  each.getKey(),
                  text(file, each.getKey() + ".percent", each.getValue().path("percent")))));
    }
    var parts = new LinkedHashMap<String, List<RevenueShares.Part>>();
    var held = new HashSet<Ref>();
    for (var each : settings.path("models").properties()) {
      Set<Ref> lineage = new LinkedHashSet<>();
      follow(workspace, workspace.find(text(file, each.getKey(), each.getValue())).ref(), lineage);
      held.addAll(lineage);
      parts.put(
          each.getKey(),
          owners.stream()
              .filter(owner -> lineage.contains(owner.artifact))
              .map(o -> new RevenueShares.Part(o.name, o.artifact.brief(), o.part))
              .toList());
    }
    String operator =
        settings.has("operator") ? text(file, "operator", settings.get("operator")) : "operator";
    return new OwnersFile(
        operator,
        parts,
        owners.stream()
            .map(Owner::artifact)
            .filter(artifact -> !held.contains(artifact))
            .map(Ref::brief)
            .toList());
  }

  private static String text(Path file, String where, JsonNode value) {
    if (value.isString() && !value.stringValue().isBlank()) {
      return value.stringValue();
    }
    throw new ConfigException("%s: %s is no text; put it in quotes".formatted(file, where));
  }

  /// Of per cent with two digits after the point at most.
  private static int percent(String where, String text) {
    try {
      int part = new BigDecimal(text).movePointRight(2).intValueExact();
      if (part > 0 && part <= RevenueShares.WHOLE) {
        return part;
      }
    } catch (ArithmeticException | NumberFormatException _) {
      // Told below.
    }
    throw new ConfigException(
        "%s: percent = %s is outside 0.01 … 100, or has more than two digits after the point"
            .formatted(where, text));
  }

  /// All that something was made of, itself too.
  private static void follow(Workspace workspace, Ref ref, Set<Ref> seen) {
    if (seen.add(ref)) {
      Optional<Provenance> made = workspace.provenance(ref);
      made.ifPresent(p -> p.inputs().forEach(input -> follow(workspace, input, seen)));
    }
  }
}
