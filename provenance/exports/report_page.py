"""The report as one HTML file that needs nothing else and prints well."""

from django.template.loader import render_to_string

from provenance.exports.report import Report


def rendered(report: Report) -> bytes:
    return render_to_string("exports/report.html", {"report": report}).encode()
