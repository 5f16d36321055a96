/**
 * Keys that LiteLLM documents and that do nothing here, by section, so that a file that is moved over says which of its
 * settings are lost instead of calling them misspelt. https://docs.litellm.ai/docs/proxy/config_settings
 */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  '': `credential_list callback_settings guardrails mcp_servers mcp_tools vector_store_registry search_tools
    pass_through_endpoints files_settings finetune_settings assistant_settings prompts policies agents agent_list
    default_vertex_config cost_discount_config responses_to_openai_mapping`,
  'model_list[]': 'tpm rpm model_id team_id access_groups blocked',
  'model_list[].litellm_params': `api_version organization custom_llm_provider litellm_credential_name
    keepalive_seconds allow_client_keepalive_override input_cost_per_token output_cost_per_token
    input_cost_per_second output_cost_per_second input_cost_per_pixel output_cost_per_pixel
    cache_read_input_token_cost cache_creation_input_token_cost temperature top_p max_tokens
    max_completion_tokens stop seed n user metadata tools tool_choice response_format reasoning_effort thinking
    aws_access_key_id aws_secret_access_key aws_region_name aws_role_name aws_session_name aws_session_token
    vertex_project vertex_location vertex_credentials azure_ad_token tenant_id client_id client_secret
    azure_username azure_password watsonx_region_name region_name mock_response mock_timeout max_budget
    budget_duration max_file_size_mb use_in_pass_through use_litellm_proxy merge_reasoning_content_in_choices
    model_info configurable_clientside_auth_params tags default_api_key_tpm_limit default_api_key_rpm_limit
    auto_router_config auto_router_default_model auto_router_embedding_model complexity_router_config
    cache_control_injection_points drop_params additional_drop_params allowed_openai_params guardrails
    prompt_id prompt_variables hf_model_name supports_system_message ssl_verify headers stream
    disable_background_health_check s3_bucket_name gcs_bucket_name`,
  router_settings: `routing_strategy_args retry_after retry_policy model_group_retry_policy allowed_fails_policy
    enable_pre_call_checks optional_pre_call_checks enable_tag_filtering tag_filtering_match_any
    disable_cooldowns max_fallbacks redis_db caching_groups cache_responses cache_kwargs default_litellm_params
    default_max_parallel_requests default_priority polling_interval set_verbose debug_level num_retries_per_model
    provider_budget_config alerting_config router_general_settings assistants_config client_ttl
    enable_weighted_failover ignore_invalid_deployments search_tools guardrail_list deployment_affinity_ttl_seconds
    model_group_affinity_config enable_health_check_routing health_check_staleness_threshold stream_timeout_policy
    routing_groups redis_ssl polling`,
  litellm_settings: `callbacks success_callback failure_callback service_callback audit_log_callbacks cache
    cache_params turn_off_message_logging redact_user_api_key_info langfuse_default_tags s3_callback_params
    gcs_pub_sub_use_v1 default_internal_user_params default_team_settings default_team_params max_budget
    budget_duration max_internal_user_budget internal_user_budget_duration max_end_user_budget
    max_end_user_budget_id upperbound_key_generate_params default_key_generate_params key_generation_settings
    enable_json_schema_validation enable_azure_ad_token_refresh json_logs modify_params additional_drop_params
    model_group_settings public_model_groups public_model_groups_links cost_margin_config cost_discount_config
    add_function_to_prompt ssl_verify ssl_certificate ssl_security_level force_ipv4 user_url_validation
    disable_end_user_cost_tracking disable_end_user_cost_tracking_prometheus_only
    enable_end_user_cost_tracking_prometheus_only prometheus_metrics_config custom_prometheus_metadata_labels
    custom_prometheus_tags prometheus_initialize_budget_metrics require_auth_for_metrics_endpoint
    prometheus_latency_buckets tag_budget_config banned_keywords_list blocked_user_list guardrails callback_settings
    content_policy_moderation return_response_headers priority_reservation priority_reservation_settings
    token_counter disable_token_counter disable_copilot_auto_login disable_stop_sequence_limit disable_hf_tokenizer_download
    expose_router_debug_in_errors overwrite_user_with_key_hash use_chat_completions_url_for_anthropic_messages
    use_responses_api_for_openai_models skip_system_message_in_guardrail image_generation_model ui_theme_config
    datadog_params datadog_llm_observability_params langsmith_batch_size num_retries_per_request max_fallbacks
    vector_store_registry default_redis_ttl default_in_memory_ttl store_audit_logs model_alias_map api_base api_key
    openai_key organization mcp_aliases network_mock cors email`,
  general_settings: `completion_model disable_spend_logs disable_spend_updates disable_master_key_return
    disable_retry_on_max_parallel_request_limit_error disable_reset_budget disable_adding_master_key_hash_to_db
    disable_responses_id_security disable_error_logs enable_jwt_auth enforce_user_param reject_clientside_metadata_tags
    allowed_routes key_management_system key_management_settings database_type database_args
    database_connection_pool_limit database_connection_timeout database_connect_timeout database_socket_timeout
    allow_requests_on_db_unavailable custom_auth custom_auth_run_common_checks max_parallel_requests
    infer_model_from_keys background_health_checks health_check_interval health_check_details
    use_shared_health_check alerting alert_types alert_to_webhook_url alerting_args alerting_threshold
    spend_report_frequency proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time
    proxy_batch_write_at proxy_batch_polling_interval store_model_in_db store_prompts_in_spend_logs
    max_request_body_size max_response_size_mb user_header_name user_header_mappings litellm_key_header_name
    allowed_ips ui_access_mode proxy_logging use_redis_transaction_buffer use_x_forwarded_for enable_oauth2_auth
    enable_oauth2_proxy_auth oauth2_config_mappings litellm_jwtauth service_account_settings image_generation_model
    default_team_disabled custom_key_generate custom_sso custom_ui_sso_sign_in_handler maximum_spend_logs_retention_period
    maximum_spend_logs_retention_interval maximum_spend_logs_cleanup_cron forward_openai_org_id
    forward_llm_provider_auth_headers always_include_stream_usage token_rate_limit_type include_call_id_in_error_body
    fail_closed_budget_enforcement disable_budget_reservation allow_client_side_credentials pass_through_endpoints
    user_api_key_cache_ttl disable_auto_add_proxy_admin admin_only_routes public_routes enable_public_model_hub
    role_permissions control_plane_url supported_db_objects user_mcp_management_mode mcp_internal_ip_ranges
    mcp_client_side_auth_header_name mcp_trusted_proxy_ranges disable_password_auth proxy_base_url
    block_robots enforced_params disable_fallback_on_auth_errors enable_health_check_routing
    health_check_concurrency search_tools email_settings redis_ssl custom_swagger`,
}

/** Keys whose effect one has here anyway, with the reason. */
const NEEDLESS: Readonly<Record<string, string>> = {
  'litellm_settings.set_verbose': 'use --verbose',
  'litellm_settings.telemetry': 'nothing is ever sent home',
  'litellm_settings.check_provider_endpoint': 'the model list always comes from the live catalogue',
  'litellm_settings.disable_copilot_system_to_assistant': 'system messages are never rewritten',
  'general_settings.forward_client_headers_to_llm_api':
    'editor and Anthropic headers are always sent on',
  'model_list[].litellm_params.allow_client_headers':
    'editor and Anthropic headers are always sent on',
}

const TABLE: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(UNSUPPORTED).map(([section, words]) => [section, new Set(words.split(/\s+/))]),
)

/** What to say of a key of LiteLLM's in `section` (`''`, `router_settings`, `model_list[].litellm_params`, …). */
export function litellmKeyNote(section: string, key: string): string | undefined {
  const needless = NEEDLESS[section === '' ? key : `${section}.${key}`]
  if (needless !== undefined) return `has no effect here: ${needless}`
  return TABLE.get(section)?.has(key) === true ? 'is not supported here' : undefined
}
