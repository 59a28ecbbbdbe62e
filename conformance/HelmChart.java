import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The chart, rendered by Helm itself and held against the types that Kubernetes publishes.
///
/// `java -cp 'helm-peers/*' conformance/HelmChart.java [deploy/chart]`
///
/// Each set of values is rendered by Helm (helm-java holds its Go code). Every object must be one
/// of the published kinds, with no field that the kind lacks and none missing that it wants (the
/// types of `client-java-api` are generated from Kubernetes' OpenAPI description). Pods must not
/// run as root, write to their root file system or gain privileges; labels must be those that
/// selectors ask for; what is mounted, probed and claimed must be there. Values that cannot be are
/// refused with their reason. Exit status 1 otherwise.
final class HelmChart {
  private static final Gson GSON = new Gson();
  private static final JsonElement SELECTED =
      GSON.toJsonTree(
          Map.of("app.kubernetes.io/name", "imago", "app.kubernetes.io/instance", "web"));

  private final Path chart;
  private final List<String> defects = new ArrayList<>();
  private String values = "";
  private int objects;

  private HelmChart(Path chart) {
    this.chart = chart;
  }

  public static void main(String[] arguments) throws IOException {
    var check = new HelmChart(Path.of(arguments.length > 0 ? arguments[0] : "deploy/chart"));
    LintResult lint = new Helm(check.chart).lint().strict().call();
    check.expect(!lint.isFailed(), "helm lint: " + lint.getMessages());
    String shared =
        """
        state: {existingSecret: db}
        workspace: {accessModes: [ReadWriteMany]}
        """;
    check.holds("{}", "Deployment", "PersistentVolumeClaim", "PodDisruptionBudget", "Service");
    check.holds(
        shared
            + """
            model: weights/3f2a
            args: [--sleep-after, 30m]
            autoscaling: {enabled: true}
            apiKeys: {existingSecret: keys}
            imagePullSecrets: [{name: registry}]
            gateway: {organisations: [{name: acme, zone: Asia/Shanghai, currency: EUR}]}
            serviceMonitor: {enabled: true, keySecret: metrics}
            nodeSelector: {disk: fast}
            tolerations: [{key: gpu, operator: Exists}]
            podAnnotations: {team: search}
            """,
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "PersistentVolumeClaim",
        "PodDisruptionBudget",
        "Service",
        "ServiceMonitor");
    check.holds(
        "workspace: {existingClaim: models}\n", "Deployment", "PodDisruptionBudget", "Service");
    check.refuses("replicas: 2\n", "state.existingSecret");
    check.refuses("replicas: 2\nstate: {existingSecret: db}\n", "ReadWriteMany");
    check.refuses(shared + "autoscaling: {enabled: true, minReplicas: 9}\n", "maxReplicas");
    check.refuses("serviceMonitor: {enabled: true}\n", "serviceMonitor.keySecret");
    check.refuses("replica: 2\n", "replica");
    check.refuses("service: {port: 99999}\n", "65535");
    check.defects.forEach(System.out::println);
    System.out.printf("%d objects, %d defects%n", check.objects, check.defects.size());
    System.exit(check.defects.isEmpty() ? 0 : 1);
  }

  private void expect(boolean holds, String defect) {
    if (!holds) {
      defects.add(defect + (values.isEmpty() ? "" : "   with " + values.replace('\n', ' ')));
    }
  }

  private String rendered(String yaml) throws IOException {
    values = yaml;
    Path file = Files.createTempFile("values", ".yaml");
    try {
      Files.writeString(file, yaml);
      TemplateCommand template = new Helm(chart).template();
      return template.withName("web").withNamespace("models").withValuesFile(file).call();
    } finally {
      Files.delete(file);
    }
  }

  private void refuses(String yaml, String reason) throws IOException {
    try {
      String all = rendered(yaml);
      expect(false, "rendered, and not refused for " + reason + ": " + all.length());
    } catch (IllegalStateException e) {
      expect(String.valueOf(e.getMessage()).contains(reason), "refused for another reason: " + e);
    }
  }

  private void holds(String yaml, String... kinds) throws IOException {
    var found = new TreeSet<String>();
    JsonElement pod = null;
    JsonElement selector = null;
    var claims = new TreeSet<String>();
    for (Object each : new Load(LoadSettings.builder().build()).loadAllFromString(rendered(yaml))) {
      if (!(each instanceof Map<?, ?> object)) {
        continue;
      }
      objects++;
      String kind = String.valueOf(object.get("kind"));
      found.add(kind);
      JsonElement json = GSON.toJsonTree(object);
      try {
        switch (kind) {
          case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
          case "Deployment" -> V1Deployment.validateJsonElement(json);
          case "HorizontalPodAutoscaler" -> V2HorizontalPodAutoscaler.validateJsonElement(json);
          case "PersistentVolumeClaim" -> V1PersistentVolumeClaim.validateJsonElement(json);
          case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
          case "Service" -> V1Service.validateJsonElement(json);
          case "ServiceMonitor" -> {} // of Prometheus' operator: no type of Kubernetes'
          default -> expect(false, "an object of kind " + kind);
        }
      } catch (IllegalArgumentException | IOException e) {
        expect(false, kind + ": " + e.getMessage());
      }
      String name = at(json, "metadata", "name").getAsString();
      expect(name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), kind + " is named " + name);
      if (kind.equals("Deployment")) {
        pod = at(json, "spec", "template");
        selector = at(json, "spec", "selector", "matchLabels");
      }
      if (kind.equals("PersistentVolumeClaim")) {
        claims.add(name);
      }
      if (kind.equals("Service")) {
        expect(at(json, "spec", "selector").equals(SELECTED), "Service selects others");
      }
    }
    expect(found.equals(new TreeSet<>(List.of(kinds))), "objects are " + found);
    if (pod == null || selector == null) {
      return;
    }
    JsonElement labels = at(pod, "metadata", "labels");
    selector
        .getAsJsonObject()
        .entrySet()
        .forEach(
            each ->
                expect(
                    each.getValue().equals(labels.getAsJsonObject().get(each.getKey())),
                    "pods lack the label " + each.getKey()));
    safe(at(pod, "spec"), claims, yaml);
  }

  private void safe(JsonElement spec, TreeSet<String> claims, String yaml) {
    expect(at(spec, "securityContext", "runAsNonRoot").getAsBoolean(), "pods may run as root");
    expect(!at(spec, "automountServiceAccountToken").getAsBoolean(), "pods have a token");
    JsonElement container = at(spec, "containers").getAsJsonArray().get(0);
    JsonElement security = at(container, "securityContext");
    expect(at(security, "readOnlyRootFilesystem").getAsBoolean(), "the root may be written");
    expect(!at(security, "allowPrivilegeEscalation").getAsBoolean(), "privileges may grow");
    expect(at(security, "capabilities", "drop").toString().equals("[\"ALL\"]"), "capabilities");
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      expect(
          at(container, probe, "httpGet", "port").getAsString().equals("http"), probe + "'s port");
    }
    var volumes = new TreeSet<String>();
    at(spec, "volumes")
        .getAsJsonArray()
        .forEach(
            each -> {
              volumes.add(at(each, "name").getAsString());
              if (each.getAsJsonObject().has("persistentVolumeClaim")) {
                String claim = at(each, "persistentVolumeClaim", "claimName").getAsString();
                expect(
                    claims.contains(claim) || yaml.contains("existingClaim: " + claim),
                    "no claim " + claim);
              }
            });
    at(container, "volumeMounts")
        .getAsJsonArray()
        .forEach(
            each ->
                expect(volumes.remove(at(each, "name").getAsString()), "mounted without a volume"));
    expect(volumes.isEmpty(), "not mounted: " + volumes);
  }

  private static JsonElement at(JsonElement from, String... names) {
    JsonElement here = from;
    for (String name : names) {
      here = here.getAsJsonObject().get(name);
      if (here == null) {
        throw new IllegalArgumentException("no " + String.join(".", names));
      }
    }
    return here;
  }
}
