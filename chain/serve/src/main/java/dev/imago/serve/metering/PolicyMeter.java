package dev.imago.serve.metering;

import dev.imago.accounts.RequestPolicy;
import dev.imago.accounts.TenantPolicies;
import dev.imago.http.ApiException;
import dev.imago.http.JsonFields;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import tools.jackson.databind.node.ObjectNode;

/// Holds requests to what their callers' policy allows, before room is kept for them: so it is with
/// whatever is metered, on every route.
public final class PolicyMeter implements RequestMeter {
  private static final List<String> LENGTHS = List.of("max_tokens", "max_completion_tokens");

  private final RequestMeter meter;
  private final Clock clock;
  private volatile TenantPolicies policies;

  public PolicyMeter(RequestMeter meter, TenantPolicies policies, Clock clock) {
    this.meter = meter;
    this.policies = policies;
    this.clock = clock;
  }

  /// Other policies, from the next request on.
  public void replace(TenantPolicies changed) {
    policies = changed;
  }

  private RequestPolicy policy(String tenant) {
    return policies.of(meter.names(tenant));
  }

  @Override
  public Running begin(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    RequestPolicy policy = policy(tenant);
    check(tenant, policy, wanted);
    if (wanted.prompt() > policy.prompt()) {
      throw refused(
          "the prompt has %d tokens, and this key's policy allows %d: shorten it"
              .formatted(wanted.prompt(), policy.prompt()));
    }
    long each = wanted.answer() / Math.max(1, wanted.answers());
    if (each > policy.answer()) {
      throw refused(
          "an answer of %d tokens is asked for, and this key's policy allows %d: lower max_tokens"
              .formatted(each, policy.answer()));
    }
    return meter.begin(tenant, wanted, headers);
  }

  @Override
  public Running passing(String tenant, Wanted wanted, BiConsumer<String, String> headers) {
    RequestPolicy policy = policy(tenant);
    check(tenant, policy, wanted);
    if (policy.bounds()) {
      throw refused(
          "model «%s» is another server's, whose tokens are not counted here, and this key's policy bounds them: ask another model"
              .formatted(wanted.model()));
    }
    return meter.passing(tenant, wanted, headers);
  }

  private void check(String tenant, RequestPolicy policy, Wanted wanted) {
    if (!policy.opensModel(wanted.asked()) && !policy.opensModel(wanted.model())) {
      throw RequestMeter.notOpen(wanted.asked());
    }
    if (!policy.hours().holds(clock.instant().atZone(meter.zone(tenant)))) {
      throw refused(
          "this key's policy allows requests at %s, %s: come back then"
              .formatted(policy.hours(), meter.zone(tenant)));
    }
  }

  /// The fields of a request for an answer, as its caller's policy has it: where it names no
  /// length, the model's usual one is cut to what is allowed.
  ///
  /// @param usual the longest answer where a request names none
  /// @throws ApiException for a tool that is not allowed
  public JsonFields allowed(String tenant, JsonFields fields, int usual) {
    RequestPolicy policy = policy(tenant);
    if (fields.has("tools")) {
      for (JsonFields tool : fields.requiredObjects("tools")) {
        String name = tool.object("function").flatMap(f -> f.string("name")).orElse("");
        if (!policy.opensTool(name)) {
          throw refused("this key's policy does not allow the tool «%s»".formatted(name));
        }
      }
    }
    if (usual <= policy.answer() || LENGTHS.stream().anyMatch(fields::has)) {
      return fields;
    }
    ObjectNode copy = (ObjectNode) fields.json().deepCopy();
    copy.put(LENGTHS.getFirst(), policy.answer());
    return JsonFields.of(copy);
  }

  /// Refuses a file that its organisation has no room for.
  ///
  /// @param bytes of the file
  /// @param kept of files, by whose they are
  public void checkFile(String tenant, long bytes, ToLongFunction<Predicate<String>> kept) {
    long most = policy(tenant).fileBytes();
    if (most == Long.MAX_VALUE) {
      return;
    }
    Set<String> keys = meter.keysBeside(tenant);
    long used = kept.applyAsLong(keys::contains);
    if (used > most - bytes) {
      long ended = kept.applyAsLong(key -> keys.contains(key) && !meter.holds(key));
      throw ApiException.of(
          413,
          "files_quota_exceeded",
          "the file has %d bytes, and of the %d that may be kept %d are free: delete files that are done with%s"
              .formatted(
                  bytes,
                  most,
                  Math.max(0, most - used),
                  ended == 0
                      ? ""
                      : ", or ask who runs this server to delete %d bytes of keys that have ended"
                          .formatted(ended)));
    }
  }

  private static ApiException refused(String why) {
    return ApiException.of(403, "policy_violation", why);
  }

  @Override
  public List<String> names(String tenant) {
    return meter.names(tenant);
  }

  @Override
  public Set<String> keysBeside(String tenant) {
    return meter.keysBeside(tenant);
  }

  @Override
  public boolean holds(String tenant) {
    return meter.holds(tenant);
  }

  @Override
  public ZoneId zone(String tenant) {
    return meter.zone(tenant);
  }

  @Override
  public boolean opens(String tenant, String model) {
    return policy(tenant).opensModel(model) && meter.opens(tenant, model);
  }
}
