package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.masking.MaskRules;
import dev.imago.masking.Pseudonyms;
import dev.imago.masking.TenantMasking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a server masks for whom, as `imago serve --masking` reads it, or a gateway's file has it.
final class MaskingFile {
  private static final Set<String> FIELDS = Set.of("all", "tenants", "key", "regions");

  private MaskingFile() {}

  static TenantMasking read(Path file) {
    JsonNode settings = SettingsYaml.read(file);
    return read(file, settings);
  }

  /// @param file that it stands in
  static TenantMasking read(Path file, JsonNode settings) {
    for (var field : settings.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw new ConfigException(
            "%s: there is no %s; there are all, tenants, key, regions"
                .formatted(file, field.getKey()));
      }
    }
    if (!settings.has("all") && !settings.has("tenants")) {
      throw new ConfigException(
          "%s masks nothing; write all: {email: number}, say".formatted(file));
    }
    if (settings.has("regions") && !settings.get("regions").isArray()) {
      throw new ConfigException(
          "%s: regions = %s is no list; write [CN, DE], say"
              .formatted(file, settings.get("regions")));
    }
    List<String> regions =
        settings.has("regions")
            ? settings.path("regions").valueStream().map(each -> each.asString("")).toList()
            : MaskRules.REGIONS;
    return TenantMasking.read(settings, regions, pseudonyms(file, settings.path("key")));
  }

  /// The key's file, beside this one where its path is relative.
  private static Optional<Pseudonyms> pseudonyms(Path file, JsonNode key) {
    if (key.isMissingNode()) {
      return Optional.empty();
    }
    Path named = file.toAbsolutePath().resolveSibling(key.asString(""));
    try {
      return Optional.of(new Pseudonyms(Files.readAllBytes(named)));
    } catch (IOException e) {
      throw new InputException("%s: key %s cannot be read".formatted(file, named), e);
    }
  }
}
