{{ border_values('physical_flows', 'flow_mw') }}
