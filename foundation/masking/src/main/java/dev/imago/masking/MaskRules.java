package dev.imago.masking;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.imago.core.ConfigException;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What is looked for, and what is done with each.
///
/// @param actions what is not named is not looked for
/// @param regions countries whose telephone numbers are known without their code (ISO 3166, `CN`);
///   with `+` and the code, those of all are
public record MaskRules(Map<PersonalKind, MaskAction> actions, List<String> regions) {
  /// Countries whose numbers are known without their code, where none are named.
  public static final List<String> REGIONS = List.of("CN", "US", "GB");

  public MaskRules {
    var copy = new EnumMap<PersonalKind, MaskAction>(PersonalKind.class);
    copy.putAll(actions);
    actions = Collections.unmodifiableMap(copy);
    regions = List.copyOf(regions);
    if (copy.containsKey(PersonalKind.PHONE) && !regions.equals(REGIONS)) {
      for (String region : regions) {
        if (!PhoneNumberUtil.getInstance().getSupportedRegions().contains(region)) {
          throw new ConfigException(
              "«%s» is no country with a telephone plan; give two capitals, such as CN or DE"
                  .formatted(region));
        }
      }
    }
  }

  /// The same action for several kinds.
  public static MaskRules of(Collection<PersonalKind> kinds, MaskAction action) {
    var actions = new EnumMap<PersonalKind, MaskAction>(PersonalKind.class);
    kinds.forEach(kind -> actions.put(kind, action));
    return new MaskRules(actions, REGIONS);
  }

  boolean asks(PersonalKind kind) {
    return actions.containsKey(kind);
  }
}
