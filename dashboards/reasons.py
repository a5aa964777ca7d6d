"""Why something is as it is: every code of a reason that a page shows in words."""

from dashboards.views.receiving import DAMAGES
from storage.acts.bench import REFUSALS
from storage.acts.carriage import GIVEN_UP
from storage.acts.mishap import MISHAPS
from storage.acts.purchasing import CALLED_OFF
from storage.acts.shopping import DIVERSIONS, REJECTIONS

REASONS = (
    # of a visit or a sample
    "address", "age", "app_only", "captcha", "certificate", "consent", "credentials", "delisted", "download",
    "geo", "host", "legal_block", "length", "login", "forbidden", "page_closed", "proxy", "queue", "rate_limit",
    "scheme", "unavailable", "unreadable", "redirected", "empty", "unreachable", "not_found", "server_error",
    "browser_error", "page_crashed", "no_price", "goods_changed", "budget_spent", "no_checkout", "nobody_to_buy",
    "no_lab_in_scope", "seller_changed", "budget", "no_confirmation", "step_failed", "unexpected_basket",
    "not_in_order_list", "broken_seal", "lost_on_the_way", *REFUSALS, *DAMAGES, *GIVEN_UP, "no_answer_kept",
    "price_risen", "consent_ran_out", *CALLED_OFF, *MISHAPS, "seller_met_before", "claimed_but_live",
    "reminder", "overdue",
    "referral", "formal_order", "redirect_loop", "browser_lost", "never_came", "timeout", "dns", "refused",
    "bad_tls", "reset",
    "invalid_response", "too_dear", "price_range", "on_request", "ambiguous", "no_currency", "order_page",
    "other_currency", "refunded", "range", *REJECTIONS, *DIVERSIONS,
    # of a verdict
    "absent", "arbitration_needed", "coverage_assumed", "fail", "fail_cond", "form_unknown", "guard_too_wide",
    "hold", "indeterminate", "interval_across_limit", "lod_above_required", "lod_unknown", "mean_of_replicates",
    "near_limit", "no_items", "no_limit", "not_ordered", "pass", "pass_cond", "parts_missing", "replicates_apart",
    "replicates_unsettled", "result_missing", "retest_agrees", "retest_differs", "retest_policy",
    "retest_replaces", "retest_void", "rounded", "rounded_with_guard", "sum_of_parts", "two_of_three",
    "uncertainty_missing", "uncertainty_negative", "unit_not_convertible", "units_missing", "units_unclear",
    "detection_unknown", "digits_too_many",
    # of an objection
    "after_deadline", "party_may_not_object", "no_grounds", "no_backup", "backup_seal_broken",
    "backup_expired", "item_not_retestable", "supplement_late", "supplement_awaited", "supplement_asked_before",
    "settled_on_paper", "retest_under_way", "result_awaited", "case_ended", "decided_before", "no_third_unit",
    "third_unit_seal_broken", "third_unit_expired", "no_laboratory_for_retest", "no_laboratory_for_arbitration",
    "backup_damaged", "third_unit_damaged", "verdict_overturned", "sampling_objection_upheld",
    "authenticity_objection_upheld", "method_objection_upheld", "result_objection_upheld",
    "nothing_failed", "first_report_corrected", "laboratories_differ", "retest_unsettled", "retest_sent_back",
    "retest_out_of_scope", "retest_overdue",
    # of a blind duplicate
    "no_duplicate_unit", "duplicate_spoilt", "no_laboratory_for_duplicate",
)  # fmt: skip
