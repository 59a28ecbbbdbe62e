{{- define "imago.name" -}}
{{- if contains "imago" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-imago" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "imago.selector" -}}
app.kubernetes.io/name: imago
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "imago.labels" -}}
{{ include "imago.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "imago.claim" -}}
{{ .Values.workspace.existingClaim | default (printf "%s-workspace" (include "imago.name" .)) }}
{{- end }}

{{/* What no object shows by itself: several replicas of one H2, or of a disk that one node has. */}}
{{- define "imago.check" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}
{{- if not .Values.state.existingSecret }}
{{- fail "several replicas keep one account of budgets only in PostgreSQL: set state.existingSecret" }}
{{- end }}
{{- if and (not .Values.workspace.existingClaim) (not (has "ReadWriteMany" .Values.workspace.accessModes)) }}
{{- fail "several replicas share the workspace: set workspace.accessModes=[ReadWriteMany], or workspace.existingClaim to such a claim" }}
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas" }}
{{- end }}
{{- if and .Values.serviceMonitor.enabled (not .Values.serviceMonitor.keySecret) }}
{{- fail "/metrics asks for a key: set serviceMonitor.keySecret" }}
{{- end }}
{{- end }}
